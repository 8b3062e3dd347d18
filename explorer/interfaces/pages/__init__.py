"""What a browser shows: one file per page, and `main`, the frame around them."""
