"""Measures of codes that need no ground-truth factors."""
