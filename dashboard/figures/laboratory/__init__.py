"""Pictures of the ranking laboratory, one module each."""
