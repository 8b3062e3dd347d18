"""What products are asked to have: an attribute's values or range, a tag; as masks over the catalogue, and as words."""
