"""Measures of what a map keeps of the space."""
