"""The Retrieval page: its scenes, the questions it asks the library, its views and figures."""
