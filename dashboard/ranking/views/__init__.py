"""What is shown of a scene: `view(scene) -> View`, a file each."""
