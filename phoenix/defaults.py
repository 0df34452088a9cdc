"""Whom commands and pages show while nobody has chosen: the same person, so that both can be compared."""

DEFAULT_USER = 4711
