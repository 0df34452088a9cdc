"""Training and judging the models: losses, data from the stream, loops, metrics against the oracle."""
