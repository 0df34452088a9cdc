"""Phoenix: a two-stage feed recommender in JAX, trained in a synthetic world whose truth is known."""
