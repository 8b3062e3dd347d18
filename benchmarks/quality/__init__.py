"""How good models are: `python -m benchmarks.quality`, families side by side, factors and dimensions."""
