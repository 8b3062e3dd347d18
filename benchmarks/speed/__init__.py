"""How fast each thing is, beside what one would otherwise run."""
