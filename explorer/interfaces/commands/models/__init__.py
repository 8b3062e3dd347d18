"""Commands about models: train, encode, check."""
