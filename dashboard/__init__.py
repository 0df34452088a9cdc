"""Everything that knows Streamlit or Plotly: entry script, state, resources, components, figures, texts."""
