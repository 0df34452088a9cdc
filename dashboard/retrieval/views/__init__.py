"""Views of the Retrieval page, a file each: `view(scene) -> View`."""
