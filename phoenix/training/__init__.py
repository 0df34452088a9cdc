"""Training the models: losses, data from the stream, phases, loops, quick looks on the way."""
