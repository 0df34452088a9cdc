"""What the Embeddings page shows and says: one view a file, each with `show()`."""
