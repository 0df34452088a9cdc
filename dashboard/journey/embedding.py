"""The first three steps: from ids to buckets, from rows to tokens, all tokens side by side."""

import numpy as np
import pandas as pd

from dashboard import resources, words
from dashboard.figures import vectors as figures
from dashboard.journey.scene import BATCH, Scene, Step, candidate_label, difference, length
from dashboard.locale import listing, t
from phoenix.actions import ACTIONS
from phoenix.analysis.journey import PIECES, Lookup
from phoenix.embedding import (
    NUM_SURFACES,
    InputEmbedder,
    block_candidate_reduce,
    block_history_reduce,
    block_user_reduce,
)
from phoenix.hashing import hash_ids
from phoenix.recsys_model import PhoenixModel

SHOWN_HISTORY, SHOWN_CANDIDATES = 10, 7
SNIPPET = 44  # width in characters


def ids(scene: Scene) -> Step:
    """Ids become bucket numbers."""
    journey = scene.journey
    found = (journey.user, journey.post, journey.author)
    tables = [_table(lookup) for lookup in found]
    text = figures.TableText(
        hashes=[t("journey.hash", number=number) for number in (1, 2)],
        axis=t("journey.axis.bucket"),
        hover=t("journey.ids.hover"),
    )
    pairs, count = len(journey.post.buckets), len(journey.post_ids)
    return Step(
        shapes=[
            t("journey.shape.user_ids", shape=f"[B, {pairs}] = [{BATCH}, {pairs}]"),
            t("journey.shape.post_ids", shape=f"[B, C, {pairs}] = [{BATCH}, {count}, {pairs}]"),
            t("journey.shape.author_ids", shape=f"[B, C, {pairs}] = [{BATCH}, {count}, {pairs}]"),
            t("journey.shape.surface_ids", shape=f"[B, C] = [{BATCH}, {count}]"),
        ],
        chart=figures.bucket_tables(tables, text=text),
        alt=t("journey.ids.alt", rows=" ".join(_buckets_sentence(lookup) for lookup in found).replace("**", "")),
        notices=[
            _buckets_sentence(journey.post) + " " + t("journey.ids.notice.padding"),
            *[_sharing(lookup, scene) for lookup in (journey.post, journey.author, journey.user)],
            t("journey.ids.notice.pairs", pairs=resources.identical_pairs("post"), count=_size("post", scene)),
            t("journey.ids.notice.surface", rows=NUM_SURFACES),
        ],
        sources=(hash_ids,),
    )


def _size(kind: str, scene: Scene) -> str:
    config = scene.world.config
    return words.count({"user": config.num_users, "post": config.num_posts, "author": config.num_authors}[kind])


def _table(lookup: Lookup) -> figures.Table:
    names, buckets = [_name(lookup.kind, lookup.entity)], [lookup.buckets]
    if len(lookup.sharing):
        example = _example(lookup)
        names.append(_name(lookup.kind, int(lookup.sharing[example])))
        buckets.append(lookup.sharing_buckets[example])
    return figures.Table(
        title=t(f"journey.table.{lookup.kind}", rows=words.count(lookup.num_buckets)),
        num_buckets=lookup.num_buckets,
        names=names,
        buckets=np.array(buckets),
    )


def _name(kind: str, entity: int) -> str:
    return t(f"journey.kind.{kind}", id=entity)


def _example(lookup: Lookup) -> int:
    """Index of one that shares a bucket, if possible only one of them."""
    shared = np.isin(lookup.sharing_buckets, lookup.buckets).sum(axis=1)
    return int(shared.argmin())


def _buckets_sentence(lookup: Lookup) -> str:
    first, second = (words.count(bucket) for bucket in lookup.buckets)
    return t(
        "journey.ids.buckets",
        name=_name(lookup.kind, lookup.entity),
        first=first,
        second=second,
        rows=words.count(lookup.num_buckets),
    )


def _sharing(lookup: Lookup, scene: Scene) -> str:
    """Who else reads one of the two rows, and whether anybody reads both."""
    values = {
        "name": _name(lookup.kind, lookup.entity),
        "kind": t(f"journey.kinds.{lookup.kind}"),
        "count": _size(lookup.kind, scene),
    }
    if not len(lookup.sharing):
        return t("journey.ids.notice.alone", **values)
    if lookup.twins:
        return t("journey.ids.notice.twins", **values, sharing=len(lookup.sharing), twins=lookup.twins)
    example = _example(lookup)
    buckets = lookup.sharing_buckets[example]
    shared = np.isin(buckets, lookup.buckets)
    return t(
        "journey.ids.notice.sharing",
        **values,
        sharing=len(lookup.sharing),
        example=_name(lookup.kind, int(lookup.sharing[example])),
        bucket=words.count(buckets[shared][0]),
        others=listing([words.count(bucket) for bucket in buckets[~shared]]) or t("journey.ids.none"),
    )


def rows(scene: Scene) -> Step:
    """Table rows are joined and reduced to one token."""
    journey = scene.journey
    width, pieces = len(journey.candidate_token), len(PIECES)
    groups = [
        journey.user.rows,
        journey.user_token[None],
        np.concatenate([journey.post.rows, journey.author.rows, journey.surface_row[None]]),
        journey.candidate_token[None],
    ]
    names = [
        *_row_names(journey.user),
        t("journey.token.user"),
        *_row_names(journey.post),
        *_row_names(journey.author),
        t("journey.row.surface"),
        t("journey.token.candidate"),
    ]
    lengths = np.linalg.norm(journey.pieces, axis=1)
    parts = [f"{t(f'journey.piece.{piece}')} {size:.1f}" for piece, size in zip(PIECES, lengths, strict=True)]
    apart = max(
        np.abs(journey.user_token - journey.tokens[0]).max(),
        np.abs(journey.candidate_token - journey.tokens[journey.position]).max(),
    )
    inputs = np.concatenate([groups[0], groups[2][:-1]])
    return Step(
        shapes=[
            t("journey.shape.user_reduce", before=f"[{BATCH}, 2, {width}]", after=f"[{BATCH}, 1, {width}]"),
            t(
                "journey.shape.candidate_reduce",
                joined=f"[B, C, 5·D] = [{BATCH}, {len(journey.post_ids)}, {pieces * width}]",
                matrix=f"[{pieces * width}, {width}]",
                after=f"[B, C, D] = [{BATCH}, {len(journey.post_ids)}, {width}]",
            ),
        ],
        chart=figures.strips(groups, text=_strip_text(names, names)),
        alt=t("journey.rows.alt", parts=listing(parts), length=f"{length(journey.candidate_token):.1f}"),
        notices=[
            t("journey.rows.notice.again", difference=difference(float(apart))),
            t(
                "journey.rows.notice.pieces",
                parts=listing(parts),
                largest=t(f"journey.piece.{PIECES[int(lengths.argmax())]}"),
                length=f"{length(journey.candidate_token):.1f}",
            ),
            t(
                "journey.rows.notice.spread",
                rows=f"{inputs.std():.1f}",
                surface=f"{journey.surface_row.std():.2f}",
                token=f"{journey.candidate_token.std():.1f}",
            ),
        ],
        sources=(block_user_reduce, block_candidate_reduce),
    )


def _row_names(lookup: Lookup) -> list[str]:
    return [
        t("journey.row.hash", kind=t(f"journey.kind_name.{lookup.kind}"), number=number, bucket=words.count(bucket))
        for number, bucket in enumerate(lookup.buckets, start=1)
    ]


def _strip_text(names: list[str], ticks: list[str]) -> figures.StripText:
    return figures.StripText(
        names=names,
        ticks=ticks,
        coordinate=t("journey.axis.coordinate"),
        vector=t("journey.axis.vector"),
        value=t("journey.axis.value"),
        hover=t("journey.strip.hover"),
    )


def tokens(scene: Scene) -> Step:
    """User, history and candidates, side by side."""
    journey, past = scene.journey, scene.journey.history_len
    total, width = journey.tokens.shape
    history = range(max(past - SHOWN_HISTORY, 0), past)
    candidates = _window(journey.place, len(journey.post_ids))
    described = describe_history(scene)
    groups = [
        journey.tokens[:1],
        journey.tokens[[1 + row for row in history]],
        journey.tokens[[1 + past + index for index in candidates]],
    ]
    names = [
        t("journey.token.user"),
        *[t("journey.token.history_long", number=row + 1, what=_history_line(described, row)) for row in history],
        *[
            t("journey.token.candidate_long", number=index + 1, what=candidate_label(scene, index, SNIPPET))
            for index in candidates
        ],
    ]
    this = t("journey.token.this")
    ticks = [
        t("journey.tick.user"),
        *[t("journey.tick.history", number=row + 1) for row in history],
        *[this if index == journey.place else t("journey.tick.candidate", number=index + 1) for index in candidates],
    ]
    shown = {"history": len(history), "past": past, "candidates": len(candidates), "count": len(journey.post_ids)}
    lengths = {
        "user": f"{length(journey.tokens[0]):.0f}",
        "history": f"{length(journey.tokens[1 : 1 + past]):.0f}" if past else "–",
        "candidates": f"{length(journey.tokens[1 + past :]):.0f}",
    }
    newest = [t("journey.tokens.notice.newest", what=_history_line(described, past - 1))] if past else []
    return Step(
        shapes=[
            f"[B, 1 + S + C, D] = [{BATCH}, 1 + {past} + {len(journey.post_ids)}, {width}] "
            f"= [{BATCH}, {total}, {width}]"
        ],
        chart=figures.strips(
            [group for group in groups if len(group)],
            text=_strip_text(names, ticks),
            highlighted=1 + len(history) + candidates.index(journey.place),
        ),
        alt=t("journey.tokens.alt", **shown, total=total, width=width),
        notices=[
            t("journey.tokens.notice.size", **shown, total=total, width=width, numbers=words.count(total * width)),
            *(newest or [t("journey.tokens.notice.cold")]),
            t("journey.tokens.notice.lengths" if past else "journey.tokens.notice.lengths_cold", **lengths),
        ],
        sources=(PhoenixModel._build_input_embeddings, InputEmbedder.context, block_history_reduce),
        table=described.iloc[::-1] if past else None,
    )


def _window(place: int, count: int) -> list[int]:
    """Indices of the candidates around a place, as many as are shown."""
    first = min(max(place - SHOWN_CANDIDATES // 2, 0), max(count - SHOWN_CANDIDATES, 0))
    return list(range(first, min(first + SHOWN_CANDIDATES, count)))


def describe_history(scene: Scene) -> pd.DataFrame:
    """What each history token stands for, oldest first: number, post, author, actions, surface, in words."""
    history, language = scene.history, scene.language
    taken = history[list(ACTIONS)].to_numpy(bool)
    texts = scene.world.post_text(history["post_id"].to_numpy(), language) if len(history) else []
    handles = scene.world.authors["handle"].loc[history["author_id"]]
    names = np.array([t(f"common.action.{action}") for action in ACTIONS])
    return pd.DataFrame(
        {
            "number": np.arange(1, len(history) + 1),
            "post": [words.snippet(text, SNIPPET) for text in texts],
            "author": [f"@{handle}" for handle in handles],
            "actions": [listing(list(names[row])) for row in taken],
            "surface": [t(f"common.surface.{surface}") for surface in history["surface"]],
        }
    )


def _history_line(described: pd.DataFrame, row: int) -> str:
    return t("journey.token.history_parts", **described.iloc[row][["post", "author", "actions", "surface"]])
