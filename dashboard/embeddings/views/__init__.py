"""The views of the Embeddings page, a file each: `view(scene) -> View`."""
