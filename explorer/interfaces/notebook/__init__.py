"""The door for notebooks and scripts: `import looks_like`. plain values, arrays and tables."""
