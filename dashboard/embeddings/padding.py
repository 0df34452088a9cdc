"""Bucket 0: what padding is, what the table stores there, and what the model reads."""

import numpy as np

from dashboard import components, resources, state, words
from dashboard.embeddings import Source
from dashboard.figures.embeddings.rows import RowsText, embedding_rows
from dashboard.locale import t
from phoenix.actions import ACTIONS
from phoenix.embedding import HashTables
from phoenix.hashing import PADDING_BUCKET, hash_ids
from phoenix.serving.probes import table_rows


def show() -> tuple[Source, ...]:
    """Row 0 as it is stored and as it is read, beside an ordinary row."""
    recommender = resources.recommender()
    buckets = [PADDING_BUCKET, 1]
    stored, read = (table_rows(recommender, "posts", buckets=buckets, stored=stored) for stored in (True, False))
    names = [t(f"embeddings.padding.{name}") for name in ("stored_0", "read_0", "stored_1", "read_1")]
    text = RowsText(*(t(f"embeddings.heat.{key}") for key in ("dimension", "row", "value", "hover")))
    values = np.stack([stored[0], read[0], stored[1], read[1]])
    chart = embedding_rows(values, names, parts=[t("embeddings.padding.part")], text=text)
    length = float(np.linalg.norm(stored[0]))
    components.figure(chart, key="padding_rows", alt=t("embeddings.padding.alt", length=length))
    components.what_to_notice(observations(values))
    return HashTables.__call__, hash_ids


def observations(values: np.ndarray) -> list[str]:
    """What to notice; `values` as they are drawn: row 0 stored and read, row 1 stored and read."""
    user = state.user_id()
    buckets, history = resources.post_buckets(), resources.history(user)
    length = resources.recommender().config.history_len
    post = int(resources.retrieve(user, k=200).result.post_ids[0])
    known, unknown = resources.unknown_post(user, post)
    favorite = ACTIONS.index("favorite")
    return [
        t(
            "embeddings.notice.padding_read",
            stored=float(np.linalg.norm(values[0])),
            read=float(np.linalg.norm(values[1])),
            same="0" if np.array_equal(values[2], values[3]) else f"{np.abs(values[2] - values[3]).max():.0e}",
        ),
        t(
            "embeddings.notice.padding_never",
            hashes=words.count(buckets.size),
            low=int(buckets.min()),
            high=words.count(int(buckets.max())),
        ),
        t(
            "embeddings.notice.padding_history" if len(history) < length else "embeddings.notice.padding_full",
            rows=len(history),
            padding=length - len(history),
            length=length,
        ),
        t(
            "embeddings.notice.padding_post",
            post=post,
            known=words.percent(float(known[favorite])),
            unknown=words.percent(float(unknown[favorite])),
        ),
    ]
