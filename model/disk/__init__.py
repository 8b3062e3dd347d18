"""Models as files: `card.py` keeps and reads them, `onnx_files.py` writes what other programs can run."""
