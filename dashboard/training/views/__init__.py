"""The views of the Training page, each `view(scene) -> View`."""
