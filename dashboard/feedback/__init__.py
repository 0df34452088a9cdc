"""The Feedback page: its policies, its scenes, the questions it asks the library, its views and figures."""
