"""Measures of models and codes, one file per question. Definitions and baselines: docs/measures.md."""
