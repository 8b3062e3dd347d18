"""What one finds products with: what was understood of a text, and pictures from elsewhere."""
