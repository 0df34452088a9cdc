"""Bucket 0: what padding is, what the table stores there, and what the model reads."""

import numpy as np

from dashboard import naming
from dashboard.embeddings.figures.rows import RowsText, embedding_rows
from dashboard.embeddings.scene import Padding, Scene
from dashboard.locale import t
from dashboard.posts import own_name
from dashboard.view import Chart, View
from dashboard.words import count, decimal, percent, scientific
from phoenix.embedding import HashTables
from phoenix.hashing import hash_ids


def view(scene: Scene) -> View:
    """Row 0 as it is stored and as it is read, beside an ordinary row."""
    padding = scene.padding
    names = [t(f"embeddings.padding.{name}") for name in ("stored_0", "read_0", "stored_1", "read_1")]
    words = {key: t(f"embeddings.heat.{key}") for key in ("dimension", "value", "hover")}
    text = RowsText(row=t("embeddings.padding.row"), **words)
    chart = embedding_rows(padding.rows, names, parts=[t("embeddings.padding.part")], text=text)
    alt = t("embeddings.padding.alt", length=_length(padding.rows[0]))
    return View(
        blocks=(Chart(chart, alt=alt, key="padding_rows"),),
        notices=notices(padding),
        maths=t("embeddings.maths"),
        sources=(HashTables.__call__, hash_ids),
    )


def _length(row: np.ndarray) -> str:
    return decimal(np.linalg.norm(row), 2)


def notices(padding: Padding) -> tuple[str, ...]:
    """That row 0 is never read, that no id gets it, where it stands, and what it means for a candidate."""
    stored_0, read_0, stored_1, read_1 = padding.rows
    free = padding.longest - padding.history_len
    return (
        t(
            "embeddings.notice.padding_read",
            stored=_length(stored_0),
            read=_length(read_0),
            same=scientific(np.abs(stored_1 - read_1).max(), 1),
        ),
        t(
            "embeddings.notice.padding_never",
            hashes=count(padding.hashes),
            low=count(padding.low),
            high=count(padding.high),
        ),
        t(
            "embeddings.notice.padding_history" if free else "embeddings.notice.padding_full",
            rows=padding.history_len,
            padding=free,
            length=padding.longest,
        ),
        t(
            "embeddings.notice.padding_post",
            post=own_name(padding.post_id, naming.world()),
            action=naming.actions()[padding.target],
            known=percent(padding.known[padding.target]),
            unknown=percent(padding.unknown[padding.target]),
        ),
    )
