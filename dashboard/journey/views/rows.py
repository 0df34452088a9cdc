"""The second step: table rows are joined and reduced to one token."""

import numpy as np

from dashboard import naming, words
from dashboard.figures.vectors import StripText, strips
from dashboard.journey.scene import BATCH, Scene, length
from dashboard.journey.step import step
from dashboard.locale import listing, t
from dashboard.view import Chart, View
from phoenix.analysis.journey import PIECES, Journey, Lookup
from phoenix.embedding import block_candidate_reduce, block_user_reduce


def view(scene: Scene) -> View:
    """The rows of user, post, author and surface as strips, and the two tokens made of them."""
    journey = scene.journey
    names = _names(journey)
    alt = t("journey.rows.alt", parts=_parts(journey), length=words.decimal(length(journey.candidate_token), 1))
    return step(
        "rows",
        scene,
        chart=Chart(strips(_groups(journey), text=strip_text(names, names)), alt=alt, key="journey_rows"),
        shapes=_shapes(journey),
        notices=[_pieces(journey), _again(journey), _spread(journey)],
        sources=(block_user_reduce, block_candidate_reduce),
    )


def strip_text(names: list[str], ticks: list[str]) -> StripText:
    """Words for `strips`: long and short names of the vectors."""
    return StripText(
        names=names,
        ticks=ticks,
        coordinate=t("journey.axis.coordinate"),
        vector=t("journey.axis.vector"),
        value=t("journey.axis.value"),
        hover=t("journey.strip.hover"),
    )


def _groups(journey: Journey) -> list[np.ndarray]:
    inputs = np.concatenate([journey.post.rows, journey.author.rows, journey.surface_row[None]])
    return [journey.user.rows, journey.user_token[None], inputs, journey.candidate_token[None]]


def _names(journey: Journey) -> list[str]:
    return [
        *_row_names(journey.user),
        t("journey.token.user"),
        *_row_names(journey.post),
        *_row_names(journey.author),
        t("journey.row.surface", surface=naming.surface(naming.world().surfaces[0])),
        t("journey.token.candidate"),
    ]


def _row_names(lookup: Lookup) -> list[str]:
    return [
        t("journey.row.hash", kind=t(f"journey.kind_name.{lookup.kind}"), number=number, bucket=words.count(bucket))
        for number, bucket in enumerate(lookup.buckets, start=1)
    ]


def _shapes(journey: Journey) -> list[str]:
    width, count, joined = (
        len(journey.candidate_token),
        len(journey.post_ids),
        len(PIECES) * len(journey.candidate_token),
    )
    return [
        t("journey.shape.user_reduce", before=f"[{BATCH}, 2, {width}]", after=f"[{BATCH}, 1, {width}]"),
        t(
            "journey.shape.candidate_reduce",
            joined=f"[B, C, 5·D] = [{BATCH}, {count}, {joined}]",
            matrix=f"[{joined}, {width}]",
            after=f"[B, C, D] = [{BATCH}, {count}, {width}]",
        ),
    ]


def _parts(journey: Journey) -> str:
    lengths = np.linalg.norm(journey.pieces, axis=1)
    return listing(
        t("journey.rows.length", piece=t(f"journey.piece.{piece}"), length=words.decimal(size, 1))
        for piece, size in zip(PIECES, lengths, strict=True)
    )


def _again(journey: Journey) -> str:
    apart = max(
        np.abs(journey.user_token - journey.tokens[0]).max(),
        np.abs(journey.candidate_token - journey.tokens[journey.position]).max(),
    )
    return t("journey.rows.notice.again", difference=words.scientific(float(apart)))


def _pieces(journey: Journey) -> str:
    longest = PIECES[int(np.linalg.norm(journey.pieces, axis=1).argmax())]
    return t(
        "journey.rows.notice.pieces",
        parts=_parts(journey),
        largest=t(f"journey.piece.{longest}"),
        length=words.decimal(length(journey.candidate_token), 1),
    )


def _spread(journey: Journey) -> str:
    hashed = np.concatenate([journey.user.rows, journey.post.rows, journey.author.rows])
    return t(
        "journey.rows.notice.spread",
        rows=words.decimal(hashed.std(), 1),
        surface=words.decimal(journey.surface_row.std(), 2),
        token=words.decimal(journey.candidate_token.std(), 1),
    )
