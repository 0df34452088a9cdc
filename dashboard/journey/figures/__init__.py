"""Pictures of the Journey page, one a file: arrays and words in, a figure out."""
