"""Views of the Feedback page: `view(scene) -> View`, a file each."""
