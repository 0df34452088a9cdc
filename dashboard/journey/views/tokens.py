"""The third step: user, history and candidates, side by side."""

from typing import NamedTuple

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard import naming, posts, words
from dashboard.figures.vectors import strips
from dashboard.journey.scene import BATCH, Scene, candidate_label, length
from dashboard.journey.step import step
from dashboard.journey.views.rows import strip_text
from dashboard.locale import listing, t
from dashboard.view import Chart, Table, View, column
from phoenix.embedding import InputEmbedder, block_history_reduce
from phoenix.recsys_model import PhoenixModel

SHOWN_HISTORY, SHOWN_CANDIDATES = 10, 7
SNIPPET = 44  # width in characters


class _Window(NamedTuple):
    """Indices of the history rows and of the candidates in the picture."""

    history: range
    candidates: range


def view(scene: Scene) -> View:
    """Strips of the tokens that the transformer reads, and what each history token stands for."""
    total, width = scene.journey.tokens.shape
    shown, described = window(scene), describe_history(scene)
    counts = {
        "history": len(shown.history),
        "past": scene.journey.history_len,
        "candidates": len(shown.candidates),
        "count": len(scene.journey.post_ids),
        "total": total,
        "width": width,
    }
    return step(
        "tokens",
        scene,
        chart=Chart(_figure(scene, shown, described=described), alt=t("journey.tokens.alt", **counts), key="tokens"),
        shapes=[_shape(scene)],
        notices=[
            t("journey.tokens.notice.size", **counts, numbers=words.count(total * width)),
            _newest(described),
            _lengths(scene),
        ],
        sources=(
            PhoenixModel._build_input_embeddings,
            InputEmbedder.context,
            block_history_reduce,
            PhoenixModel._get_action_embeddings,
            InputEmbedder.actions,
        ),
        table=None if described.empty else _table(described),
    )


def window(scene: Scene) -> _Window:
    """What is shown: the newest of the history, and the candidates around the post."""
    place, past, count = scene.journey.place, scene.journey.history_len, len(scene.journey.post_ids)
    first = min(max(place - SHOWN_CANDIDATES // 2, 0), max(count - SHOWN_CANDIDATES, 0))
    return _Window(range(max(past - SHOWN_HISTORY, 0), past), range(first, min(first + SHOWN_CANDIDATES, count)))


def _shape(scene: Scene) -> str:
    (total, width), past, count = scene.journey.tokens.shape, scene.journey.history_len, len(scene.journey.post_ids)
    return f"[B, 1 + S + C, D] = [{BATCH}, 1 + {past} + {count}, {width}] = [{BATCH}, {total}, {width}]"


def _figure(scene: Scene, shown: _Window, *, described: pd.DataFrame) -> go.Figure:
    journey, past = scene.journey, scene.journey.history_len
    groups = [
        journey.tokens[:1],
        journey.tokens[[1 + row for row in shown.history]],
        journey.tokens[[1 + past + index for index in shown.candidates]],
    ]
    return strips(
        [group for group in groups if len(group)],
        text=strip_text(_names(scene, shown, described=described), _ticks(scene, shown)),
        highlighted=1 + len(shown.history) + shown.candidates.index(journey.place),
    )


def _names(scene: Scene, shown: _Window, *, described: pd.DataFrame) -> list[str]:
    return [
        t("journey.token.user"),
        *[t("journey.token.history_long", number=row + 1, what=_history_line(described, row)) for row in shown.history],
        *[
            t("journey.token.candidate_long", number=index + 1, what=candidate_label(scene, index, SNIPPET))
            for index in shown.candidates
        ],
    ]


def _ticks(scene: Scene, shown: _Window) -> list[str]:
    return [
        t("journey.tick.user"),
        *[t("journey.tick.history", number=row + 1) for row in shown.history],
        *[
            t("journey.token.this") if index == scene.journey.place else t("journey.tick.candidate", number=index + 1)
            for index in shown.candidates
        ],
    ]


def describe_history(scene: Scene) -> pd.DataFrame:
    """What each history token stands for, oldest first: number, post, author, actions, surface, in words."""
    history, language = scene.history, scene.language
    taken = history[list(scene.world.actions.names)].to_numpy(bool)
    shown = history["post_id"].to_numpy()
    texts = scene.world.post_text(shown, language) if len(history) else []
    handles = posts.handles(shown, scene.world) if len(history) else []
    names = np.array(naming.actions())
    return pd.DataFrame(
        {
            "number": np.arange(1, len(history) + 1),
            "post": [words.snippet(text, SNIPPET) for text in texts],
            "author": [f"@{handle}" for handle in handles],
            "actions": [listing(list(names[row])) for row in taken],
            "surface": [naming.surface(surface) for surface in history["surface"]],
        }
    )


def _history_line(described: pd.DataFrame, row: int) -> str:
    return t("journey.token.history_parts", **described.iloc[row][["post", "author", "actions", "surface"]])


def _newest(described: pd.DataFrame) -> str:
    if described.empty:
        return t("journey.tokens.notice.cold")
    return t("journey.tokens.notice.newest", what=_history_line(described, len(described) - 1))


def _lengths(scene: Scene) -> str:
    tokens, past = scene.journey.tokens, scene.journey.history_len
    parts = {"user": tokens[:1], "history": tokens[1 : 1 + past], "candidates": tokens[1 + past :]}
    mean = {kind: words.decimal(length(vectors), 0) for kind, vectors in parts.items() if len(vectors)}
    return t("journey.tokens.notice.lengths" if past else "journey.tokens.notice.lengths_cold", **mean)


def _table(described: pd.DataFrame) -> Table:
    title = t("journey.tokens.table")
    columns = {
        "number": column.NumberColumn(t("journey.column.number"), width=50),
        "post": column.TextColumn(t("feed.column.post"), width=420),
        "author": t("journey.column.author"),
        "actions": t("journey.column.actions"),
        "surface": t("journey.column.surface"),
    }
    return Table(described.iloc[::-1], alt=title, key="tokens_table", columns=columns, title=title)
