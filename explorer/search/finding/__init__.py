"""Finding products by what somebody types."""
