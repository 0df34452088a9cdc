"""The views of the attention page, a file each: `view(scene) -> View`."""
