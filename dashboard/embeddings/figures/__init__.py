"""Pictures of the Embeddings page, one idea a file."""
