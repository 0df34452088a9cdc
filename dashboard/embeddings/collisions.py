"""Table size and number of hash functions: how many ids can no longer be told apart, and what memory it saves.

Glossary: n ids, m rows of the table (padding included), h hash functions, D width.
"""

import streamlit as st

from dashboard import components, controls, resources, words
from dashboard.embeddings import Source
from dashboard.figures.embeddings.collisions import CollisionText, collision_curves
from dashboard.locale import t
from phoenix.analysis.collisions import CollisionShares, expected_collisions, measured_collisions

KINDS = ("post", "user", "author")
HASHES = ("1", "2", "3", "4")
LOWEST_BITS, HIGHEST_BITS = 10, 18
SIZES = tuple(2**bits for bits in range(LOWEST_BITS, HIGHEST_BITS + 1))
_FLOOR_IDS = 0.1  # the axis ends at a tenth of a single id
_NUMBER_BYTES = 4


def number_of_ids(kind: str) -> int:
    """How many posts, users or authors the world has."""
    world = resources.recommender().world
    return {"post": world.num_posts, "user": world.num_users, "author": len(world.authors)}[kind]


def shipped_bits(kind: str) -> int:
    """log2 of the rows of the trained table."""
    rows = getattr(resources.recommender().config.tables, f"{kind}s")
    return min(max(rows.bit_length() - 1, LOWEST_BITS), HIGHEST_BITS)


def show() -> tuple[Source, ...]:
    """Controls, curves, what to notice."""
    left, right = st.columns(2, gap="large")
    with left:
        kind = controls.choice("entity", KINDS, default=KINDS[0], label=t("embeddings.kind"), names="embeddings.kinds")
        hashes = int(
            controls.choice("hashes", HASHES, default="2", label=t("embeddings.hashes"), names="embeddings.hash")
        )
    with right:
        bits = controls.number(
            "bits",
            low=LOWEST_BITS,
            high=HIGHEST_BITS,
            default=shipped_bits("post"),
            step=1,
            label=t("embeddings.bits"),
            help=t("embeddings.bits_help", rows=words.count(2 ** shipped_bits(kind))),
        )
        st.markdown(t("embeddings.rows", rows=words.count(2**bits)))
    count = number_of_ids(kind)
    with st.spinner(t("common.computing")):
        measured = [resources.collisions(kind, count, size, hashes) for size in SIZES]
    expected = {
        h: [expected_collisions(count, num_buckets=size, num_hashes=h).everywhere for size in SIZES]
        for h in map(int, HASHES)
    }
    chart = collision_curves(
        SIZES,
        expected,
        [shares.everywhere for shares in measured],
        hashes=hashes,
        size=2**bits,
        floor=_FLOOR_IDS / count,
        text=_text(),
    )
    found = measured[SIZES.index(2**bits)]
    predicted = expected_collisions(count, num_buckets=2**bits, num_hashes=hashes)
    alt = t(
        "embeddings.curves.alt",
        ids=t(f"embeddings.many.{kind}"),
        expected=words.percent(predicted.everywhere),
        measured=words.percent(found.everywhere),
        rows=words.count(2**bits),
        hashes=hashes,
    )
    components.figure(chart, key="collisions", alt=alt)
    components.what_to_notice(observations(kind, count, 2**bits, hashes, found=found, predicted=predicted))
    return measured_collisions, expected_collisions


def _text() -> CollisionText:
    keys = ("rows", "share", "theory", "measured", "chosen", "none", "hover", "hover_none")
    return CollisionText(**{key: t(f"embeddings.curves.{key}") for key in keys})


def observations(
    kind: str, count: int, size: int, hashes: int, *, found: CollisionShares, predicted: CollisionShares
) -> list[str]:
    """What to notice at the chosen size and number of functions."""
    ids, width = t(f"embeddings.many.{kind}"), resources.recommender().config.transformer.width
    table, whole = (rows * width * _NUMBER_BYTES / 1e6 for rows in (size, count))
    said = [
        t(
            "embeddings.notice.apart",
            ids=ids,
            count=words.count(count),
            expected=_whole(count * predicted.everywhere),
            measured=words.count(count * found.everywhere),
        ),
        t(
            "embeddings.notice.somewhere",
            ids=ids,
            measured=words.percent(found.somewhere),
            expected=words.percent(predicted.somewhere),
            load=words.times(count * hashes / (size - 1)),
        ),
        t(
            "embeddings.notice.saved" if table < whole else "embeddings.notice.not_saved",
            table=f"{table:.1f}",
            whole=f"{whole:.1f}",
            share=words.percent(abs(1 - table / whole)),
            width=width,
        ),
    ]
    return said


def _whole(number: float) -> str:
    """An expected count: with a decimal where it is small, in scientific notation where it is tiny."""
    return words.count(number) if number >= 9.95 else f"{number:.1f}" if number >= 0.095 else f"{number:.0e}"
