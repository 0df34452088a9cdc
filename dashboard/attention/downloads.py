"""A whole matrix to take away."""

import io

import numpy as np
import streamlit as st

from dashboard import controls
from dashboard.locale import t


def offer(name: str, matrix: np.ndarray) -> None:
    """Two buttons: the matrix as CSV and as a NumPy file, made when they are asked for."""

    def table() -> bytes:
        form = "%d" if matrix.dtype.kind == "u" else "%.6g"
        file = io.BytesIO()
        np.savetxt(file, matrix, fmt=form, delimiter=",")
        return file.getvalue()

    def array() -> bytes:
        file = io.BytesIO()
        np.save(file, matrix)
        return file.getvalue()

    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(t("attention.download", rows=matrix.shape[0], columns=matrix.shape[1]), width="content")
        for ending, make, mime in (("csv", table, "text/csv"), ("npy", array, "application/octet-stream")):
            key = controls.key(f"download_{ending}")
            st.download_button(ending.upper(), make, f"{name}.{ending}", mime, key=key, on_click="ignore")
