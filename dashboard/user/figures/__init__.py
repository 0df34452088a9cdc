"""Figures of the User page: arrays and words in, Plotly figures out."""
