"""What the Overview page shows of its scene, each `view(scene) -> View`: the pipeline, and the feed it makes."""
