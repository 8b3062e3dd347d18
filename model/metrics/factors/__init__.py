"""Measures of codes against ground-truth factors."""
