"""Judging models on a log: by what happened in its held-out part, beside simple predictors, with intervals."""
