"""The floor: what Streamlit itself costs, with one slider, one Plotly bar chart and one line of text in a fragment.

Not a benchmark of its own: `startup.py` and `interaction.py` compare our pages with it, in one run.
"""

import numpy as np
import plotly.graph_objects as go
import streamlit as st

ROWS, COLUMNS = 32, 15
table = np.random.default_rng(7).random((ROWS, COLUMNS))


@st.fragment
def bars() -> None:
    """Weighted sums of a fixed table as bars, in descending order."""
    weight = st.slider("weight", 0, 100, 50, key="weight") / 100
    sums = weight * table.sum(axis=1)
    order = np.argsort(-sums)
    chart = go.Figure(go.Bar(x=sums[order], y=[f"row {row}" for row in order], orientation="h"))
    st.plotly_chart(chart, key="bars")
    st.write(f"weight {weight:.2f}, largest sum {sums.max():.3f}")


bars()
