"""Arrays and labels in, Plotly figures out. Nothing here imports Streamlit or a model."""
