"""A training from the ask to the finished model: its steps, where something is lacking, its end; shared out or not."""
