"""Pictures of the Retrieval page, one idea a file."""
