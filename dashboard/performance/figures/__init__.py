"""Pictures of the Performance page."""
