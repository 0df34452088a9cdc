"""Arrays and labels in, Plotly figures out. Nothing here imports Streamlit or a model."""

# Plotly takes `PIL.Image` from `sys.modules` as it stands there, even while the thread of another visitor imports it:
# half of a module then ends the first visitor's chart. So it is whole before there is any figure.
import PIL.Image  # noqa: F401
