"""A catalogue that grows: what is new is imported, encoded and placed, and moves nothing; what it means for models."""
