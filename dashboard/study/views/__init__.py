"""What the Study page shows of its scene, each `view(scene) -> View`."""
