"""What the User page shows of its scenes, each `view(scene) -> View`."""
