"""Other programs on the same task: pythae, disentanglement_lib."""
