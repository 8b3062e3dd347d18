"""What is alike: the look, neighbours of a product or a photograph, and copies of one picture."""
