"""Pictures of the Overview page: arrays and words in, a figure out."""
