"""Measures of the latent space between products, and the walks they are taken on."""
