"""Measures of models and codes, one file per question.."""
