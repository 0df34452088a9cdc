"""Questions about a recommender, answered by experiment: what it would do if, what it misses, and what things cost."""
