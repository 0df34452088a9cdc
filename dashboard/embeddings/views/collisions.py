"""Table size and number of hash functions: how many ids can no longer be told apart, and what memory it saves."""

from dashboard.embeddings.figures.collisions import CollisionText, collision_curves
from dashboard.embeddings.scene import HASHES, SIZES, Collisions, Scene
from dashboard.locale import t
from dashboard.view import Chart, View
from dashboard.words import count, decimal, percent, scientific, significant
from phoenix.analysis.collisions import CollisionShares, expected_collisions, measured_collisions
from phoenix.hashing import hash_ids

_LEAST_IDS = 0.1  # the picture ends at a tenth of a single id
_NUMBER_BYTES = 4


def view(scene: Scene) -> View:
    """Curves by chance, what was measured, and the choice among it."""
    shown = scene.collisions
    expected = {hashes: [_expected(shown, size=size, hashes=hashes).everywhere for size in SIZES] for hashes in HASHES}
    chart = collision_curves(
        SIZES,
        expected,
        measured=[shares.everywhere for shares in shown.measured],
        hashes=shown.hashes,
        size=shown.size,
        floor=_LEAST_IDS / shown.count,
        text=_text(shown, expected),
    )
    return View(
        blocks=(Chart(chart, alt=_alt(shown), key="collisions"),),
        notices=notices(shown, predicted=_expected(shown)),
        maths=t("embeddings.maths"),
        sources=(hash_ids, measured_collisions, expected_collisions),
    )


def _expected(shown: Collisions, *, size: int | None = None, hashes: int | None = None) -> CollisionShares:
    """What chance predicts, for the chosen table unless another is given."""
    size, hashes = size or shown.size, hashes or shown.hashes
    return expected_collisions(shown.count, num_buckets=size, num_hashes=hashes)


def _text(shown: Collisions, expected: dict[int, list[float]]) -> CollisionText:
    def hover(size: int, share: float, *, hashes: int) -> str:
        values = {"rows": count(size), "hashes": hashes}
        if share == 0:
            return t("embeddings.curves.hover_none", **values)
        return t("embeddings.curves.hover", share=percent(share, 3), **values)

    found = [shares.everywhere for shares in shown.measured]
    keys = ("rows", "share", "measured", "none", "chosen")
    return CollisionText(
        **{key: t(f"embeddings.curves.{key}") for key in keys},
        ticks=list(map(count, SIZES)),
        theory={hashes: t("embeddings.curves.theory", count=hashes) for hashes in HASHES},
        expected={
            hashes: [hover(size, share, hashes=hashes) for size, share in zip(SIZES, shares, strict=True)]
            for hashes, shares in expected.items()
        },
        found=[hover(size, share, hashes=shown.hashes) for size, share in zip(SIZES, found, strict=True)],
    )


def _alt(shown: Collisions) -> str:
    return t(
        "embeddings.curves.alt",
        ids=t(f"embeddings.many.{shown.kind}"),
        expected=percent(_expected(shown).everywhere),
        measured=percent(shown.found.everywhere),
        rows=count(shown.size),
        hashes=shown.hashes,
    )


def notices(shown: Collisions, *, predicted: CollisionShares) -> tuple[str, ...]:
    """How many cannot be told apart, how many share a row at all, and the memory.

    Args:
      shown: what was measured.
      predicted: by chance, for the chosen table.
    """
    ids, found = t(f"embeddings.many.{shown.kind}"), shown.found
    table, whole = (rows * shown.width * _NUMBER_BYTES / 1e6 for rows in (shown.size, shown.count))
    return (
        t(
            "embeddings.notice.apart",
            ids=ids,
            count=count(shown.count),
            expected=_whole(shown.count * predicted.everywhere),
            measured=count(shown.count * found.everywhere),
        ),
        t(
            "embeddings.notice.somewhere",
            ids=ids,
            measured=percent(found.somewhere),
            expected=percent(predicted.somewhere),
            load=significant(shown.count * shown.hashes / (shown.size - 1)),
        ),
        t(
            "embeddings.notice.saved" if table < whole else "embeddings.notice.not_saved",
            table=decimal(table, 1),
            whole=decimal(whole, 1),
            share=percent(abs(1 - table / whole)),
            width=shown.width,
        ),
    )


def _whole(number: float) -> str:
    """An expected count: with a decimal where it is small, as a power of ten where it is tiny."""
    return count(number) if number >= 9.95 else decimal(number, 1) if number >= 0.095 else scientific(number, 1)
