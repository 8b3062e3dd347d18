"""Commands about maps: make one, place new products, clusters."""
