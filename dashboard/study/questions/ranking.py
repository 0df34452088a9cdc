"""Questions about the ranker: shapes, what isolation keeps still, and weights."""

import numpy as np
import pandas as pd

from dashboard import resources, state, words
from dashboard.feed import action_names
from dashboard.locale import t
from dashboard.study import measured
from dashboard.study.questions.question import Question, options_of, shuffled
from dashboard.view import Table, column
from phoenix.actions import ActionSet
from phoenix.masks import MASK_VARIANTS

_RIVALS = ("reply", "retweet", "share", "follow_author")  # weighed against likes, where there are such actions
_WHY = {"isolated": "still", "causal": "still", "leaky": "history", "full": "direct"}


def transformer(seed: int) -> Question:
    """What shape comes out of a pass of some size?"""
    user, past, candidates, shape = measured.output_shape(seed)
    models = resources.recommender()
    width, total = models.config.transformer.width, 1 + past + candidates
    shapes = {
        "read": (1, *shape),
        "all": (1, total, shape[-1]),
        "hidden": (1, candidates, width),
        "square": (1, total, total),
    }
    # Some may be the same shape, as where there are as many actions as the model is wide; the first of them stays.
    shapes = {name: shape for shape, name in {shape: name for name, shape in reversed(shapes.items())}.items()}
    said = {"handle": models.world.users["handle"].iloc[user], "past": past, "candidates": candidates, "width": width}
    said["actions"] = shape[-1]
    return Question(
        text=t("study.ask.transformer", **said),
        options={name: f"`{list(shapes[name])}`" for name in shuffled(tuple(shapes), seed)},
        answer="read",
        hint=t("study.ask.transformer.hint"),
        explanation=t("study.ask.transformer.why", total=total, shape=f"`{list(shapes['read'])}`", **said),
    )


def why_isolation(seed: int) -> Question:
    """A candidate's neighbour is exchanged under some mask: what becomes of its probability?"""
    found = measured.exchange(seed)
    masks = [name for name in MASK_VARIANTS if _WHY[name] != "history" or found.layers > 1]  # a detour takes two
    mask = masks[int(np.random.default_rng([seed, 2]).integers(len(masks)))]
    said = {
        "handle": resources.recommender().world.users["handle"].iloc[found.user_id],
        "mask": t(f"attention.mask.{mask}"),
        "before": words.percent(found.before[mask], 4),
        "after": words.percent(found.after[mask], 4),
        "action": action_names()[0],
    }
    changes = [
        t(
            "study.ask.why_isolation.change",
            mask=t(f"attention.mask.{name}"),
            change=words.scientific(100 * (found.after[name] - found.before[name])),
        )
        for name in MASK_VARIANTS
    ]
    return Question(
        text=t("study.ask.why_isolation", **said),
        options=options_of("study.ask.why_isolation", ("still", "history", "direct", "slot"), seed),
        answer=_WHY[mask],
        hint=t("study.ask.why_isolation.hint"),
        explanation=t(f"study.ask.why_isolation.why.{_WHY[mask]}", changes="\n".join(changes), **said),
    )


def actions(seed: int) -> Question:
    """Two posts, two actions: from which weight on does the second post lead?"""
    known = resources.recommender().actions
    rivals = [name for name in _RIVALS if name in known.names] or rivals_of(known)
    rival = rivals[int(np.random.default_rng([seed, 2]).integers(len(rivals)))]
    favorite, other = known.target, known.index(rival)
    found, weight = measured.pair(seed, (favorite, other)), float(known.resolve_weights()[favorite])
    p = found.probabilities
    tie = weight * (p[0, 0] - p[1, 0]) / (p[1, 1] - p[0, 1])
    values = {
        "tie": tie,
        "likes": weight * p[0, 0] / p[1, 0],  # the ratio of the likes alone
        "inverse": weight * (p[1, 1] - p[0, 1]) / (p[0, 0] - p[1, 0]),
        "rates": p[0, 0] / p[1, 1],
    }
    names = {"action": action_names()[other], "favorite": action_names()[favorite], "weight": words.number(weight)}
    gains = {
        "first": words.digits(p[0, 0] - p[1, 0], 3),
        "second": words.digits(p[1, 1] - p[0, 1], 3),
        "tie": words.digits(tie, 3),
    }
    values = _apart(values)
    return Question(
        text=t("study.ask.actions", handle=resources.recommender().world.users["handle"].iloc[found.user_id], **names),
        options={name: words.digits(values[name], 3) for name in sorted(values, key=values.get)},
        answer="tie",
        hint=t("study.ask.actions.hint", **names),
        explanation=t("study.ask.actions.why", **names, **gains),
        blocks=(_table(found, (favorite, other)),),
    )


def rivals_of(known: ActionSet) -> list[str]:
    """Positive actions other than the target."""
    return [name for name in known.positives if name != known.target_name]


def _apart(values: dict[str, float]) -> dict[str, float]:
    """The answer and what is wrong but plausible, pushed away from each other: no two may look alike."""
    kept: dict[str, float] = {}
    for name, value in values.items():
        while any(0.8 < value / other < 1.25 for other in kept.values()):
            value *= 1.7
        kept[name] = value
    return kept


def _table(found: measured.Pair, columns: tuple[int, int]) -> Table:
    texts = resources.recommender().world.post_text(list(found.posts), state.language())
    names = [t("study.ask.actions.post"), *(f"P({action_names()[i]})" for i in columns)]
    rows = [
        [f"{letter} · {words.snippet(text, 60)}", *(words.digits(value, 3) for value in row)]
        for letter, text, row in zip("AB", texts, found.probabilities, strict=True)
    ]
    frame = pd.DataFrame(rows, columns=names)
    alt = "; ".join(", ".join(f"{name} {value}" for name, value in zip(names, row, strict=True)) for row in rows)
    return Table(frame, alt=alt, key="study-pair", columns={name: column.TextColumn(name) for name in names})
