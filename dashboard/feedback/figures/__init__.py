"""The pictures of the Feedback page: arrays and words in, Plotly figures out."""
