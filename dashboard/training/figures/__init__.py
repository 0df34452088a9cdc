"""The pictures of the Training page: arrays and words in, Plotly figures out."""
