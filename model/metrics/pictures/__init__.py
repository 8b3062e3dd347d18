"""Measures of decoded pictures."""
