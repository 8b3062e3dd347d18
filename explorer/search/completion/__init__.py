"""What is missing, completed from what is known of others: an erased part of a picture, a value that was not given."""
