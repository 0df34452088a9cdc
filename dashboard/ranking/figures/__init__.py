"""Pictures of the Ranking page, one a file; every one takes arrays and words, and returns a figure."""
