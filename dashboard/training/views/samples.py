"""Positives and negatives: what each post of a batch, or each action on it, does to the loss.

Glossary: B users, C impressions of each, A actions.
"""

import math

import numpy as np
from scipy.special import expit

from dashboard import naming, words
from dashboard.locale import t
from dashboard.posts import describe
from dashboard.training.figures.squares import Kind, Text, squares
from dashboard.training.scene import SamplesScene, choose_cell
from dashboard.view import Block, Chart, View
from dashboard.view import Text as Words

POSITIVE, OWN, OTHER = range(3)
_SNIPPET = 60
_NEARLY_ALL = 1 - 2**-24  # of a share of more than this, float32 knows nothing but 1


def view(scene: SamplesScene) -> View:
    """The batch as squares, and the selected one in words and numbers."""
    return _retrieval(scene) if scene.objective == "retrieval" else _ranker(scene)


# In-batch softmax


def _retrieval(scene: SamplesScene) -> View:
    from phoenix.training.losses import retrieval_loss
    from phoenix.training.terms import retrieval_terms

    kinds = kinds_of(scene)
    named = [Kind(_kind(scene, kind), kind) for kind in ("positive", "own", "other")]
    text = Text(
        x=t("training.samples.place"),
        y=t("training.samples.session"),
        rows=[t("training.samples.mine"), *scene.handles[1:]],
        columns=_places(scene),
        hovers=[_hover(scene, cell, kinds) for cell in range(scene.batch.posts.size)],
    )
    figure = squares(scene.terms.shares, kinds, named=named, text=text, selected=scene.cell, height=400)
    counts = {"positive": int((kinds == POSITIVE).sum()), "own": int((kinds == OWN).sum())}
    alt = t("training.samples.alt", users=len(scene.handles), count=scene.count, **counts)
    chart = Chart(figure, alt, "training.squares", on_select=lambda cell: choose_cell("retrieval", _number(cell)))
    return View(
        blocks=(chart, Words(t("training.samples.size"), "caption"), *_closely(scene, kinds)),
        notices=_retrieval_notices(scene, kinds),
        maths=t("training.maths"),
        sources=(retrieval_loss, retrieval_terms),
    )


def kinds_of(scene: SamplesScene) -> np.ndarray:
    """What each post of the batch is to the user whose loss it is, int [B, C]."""
    kinds = np.full(scene.batch.posts.shape, OTHER)
    kinds[scene.row] = np.where(scene.batch.labels[scene.row, :, scene.world.actions.target], POSITIVE, OWN)
    return kinds


def _kind(scene: SamplesScene, kind: str) -> str:
    """What a post is to the user whose loss it is."""
    return t("training.samples.kind.other") if kind == "other" else _said(scene, f"training.samples.kind.{kind}")


def _said(scene: SamplesScene, key: str, **values: object) -> str:
    """A text about likes; of a log, about the action that retrieval learns there."""
    if scene.world.truth is not None:
        return t(key, **values)
    return t(f"{key}_log", action=naming.action(scene.world.actions.target_name), **values)


def _number(cell: object) -> object:
    """The number in a point's custom data, which Plotly may give in a list."""
    return cell[0] if isinstance(cell, list | tuple) and cell else cell


def _hover(scene: SamplesScene, cell: int, kinds: np.ndarray) -> str:
    row, place = divmod(cell, scene.count)
    kind = ("positive", "own", "other")[kinds[row, place]]
    return t(
        "training.samples.hover",
        handle=scene.handles[row],
        place=place + 1,
        kind=_kind(scene, kind),
        share=words.percent(float(scene.terms.shares[row, place])),
    )


def _closely(scene: SamplesScene, kinds: np.ndarray) -> tuple[Block, ...]:
    """The selected post: what it is, and the numbers that lead to its share."""
    batch, (row, place) = scene.batch, divmod(scene.cell, scene.count)
    similarity = float(batch.vectors[scene.row] @ batch.candidates[row, place])
    share = float(scene.terms.shares[row, place])
    (post,) = describe([int(batch.posts[row, place])], scene.world)
    values = {
        "post": post.name,
        "topic": post.topic,
        "text": words.snippet(post.text, _SNIPPET),
        "handle": scene.handles[row],
        "share": words.percent(share, 3),
        **_sum(similarity, batch.temperature, float(batch.log_q[row, place]) if scene.log_q else 0.0),
    }
    kind = ("positive", "own", "other")[kinds[row, place]]
    if kinds[row, place] == POSITIVE:
        more = {"term": words.decimal(float(scene.terms.terms[place]), 3)}
    else:
        more = {"saved": words.digits(-math.log1p(-min(share, _NEARLY_ALL)), 2)}
    return (
        Words(_said(scene, f"training.samples.closely.{kind}", **values, **more)),
        Words(t("training.samples.closely.numbers", **values), "caption"),
    )


def _sum(similarity: float, temperature: float, log_q: float) -> dict[str, str]:
    """The way to a logit; each step is taken from the numbers as they are written, so that a reader gets the same."""
    similarity, temperature, log_q = round(similarity, 4), words.rounded(temperature, 4), round(log_q, 2)
    scaled = round(similarity / temperature, 2)
    return {
        "similarity": words.decimal(similarity, 4),
        "temperature": words.digits(temperature, 4),
        "scaled": words.decimal(scaled, 2),
        "log_q": words.decimal(log_q, 2),
        "logit": words.decimal(scaled - log_q, 2),
    }


def _retrieval_notices(scene: SamplesScene, kinds: np.ndarray) -> list[str]:
    terms, mine = scene.terms, kinds[scene.row] == POSITIVE
    other, said = scene.plain, [_in_batch(scene)]
    said.append(
        t(
            f"training.samples.notice.loss{'' if terms.positives else '.none'}",
            loss=words.decimal(terms.loss, 3),
            positives=terms.positives,
            guess=words.decimal(math.log(terms.shares.size), 2),
            mine=words.decimal(float(np.nanmean(terms.terms)), 3) if mine.any() else "–",
        )
    )
    log_q = scene.batch.log_q
    if np.ptp(log_q) == 0:  # no post is shown more often than another
        return said
    often, seldom = (np.unravel_index(find(log_q), log_q.shape) for find in (np.argmax, np.argmin))
    corrected, plain = (terms, other) if scene.log_q else (other, terms)
    said.append(
        t(
            "training.samples.notice.log_q",
            often=words.times(float(np.exp(log_q[often] - log_q[seldom]))),
            plain=words.percent(float(plain.shares[often])),
            corrected=words.percent(float(corrected.shares[often])),
            seldom_plain=words.percent(float(plain.shares[seldom])),
            seldom_corrected=words.percent(float(corrected.shares[seldom])),
        )
    )
    return said


def _in_batch(scene: SamplesScene) -> str:
    """Where the negatives come from; a log may have no other session of that length."""
    from phoenix.training.presets import PRESETS

    trained, shares = PRESETS["default"].retrieval, scene.terms.shares
    values = {"negatives": shares.size - 1, "users": trained.batch, "count": trained.count}
    if len(shares) == 1:
        action = naming.action(scene.world.actions.target_name)
        return t("training.samples.notice.alone", action=action, **values)
    outside = 1 - float(shares[scene.row].sum())
    parts = {"inside": words.percent(1 - outside), "outside": words.percent(outside)}
    return _said(scene, "training.samples.notice.in_batch", **values, **parts)


# Within the session


def _ranker(scene: SamplesScene) -> View:
    from phoenix.training.losses import ranker_loss
    from phoenix.training.phases import balance_actions
    from phoenix.training.terms import ranker_terms

    labels, terms = scene.batch.labels[scene.row].T, scene.action_terms.T
    named = [Kind(t("training.samples.kind.taken"), "positive"), Kind(t("training.samples.kind.not_taken"), "other")]
    names = naming.actions()
    predicted = expit(scene.batch.logits[scene.row]).T
    text = Text(
        x=t("training.samples.place"),
        y=t("training.samples.action"),
        rows=names,
        columns=_places(scene),
        hovers=[
            t(
                "training.samples.hover_action",
                action=names[a],
                place=c + 1,
                kind=named[0 if labels[a, c] else 1].name,
                predicted=words.percent(float(predicted[a, c])),
                term=words.digits(float(terms[a, c]), 2),
            )
            for a in range(len(names))
            for c in range(scene.count)
        ],
    )
    figure = squares(
        terms, np.where(labels, 0, 1), named=named, text=text, selected=scene.cell, height=190 + 22 * len(names)
    )
    alt = t(
        "training.samples.alt_ranker", count=scene.count, actions=len(names), taken=int(labels.sum()), cells=labels.size
    )
    chart = Chart(figure, alt, "training.actions", on_select=lambda cell: choose_cell("ranker", _number(cell)))
    return View(
        blocks=(chart, Words(t("training.samples.size_ranker"), "caption"), *_action_closely(scene, names)),
        notices=_ranker_notices(scene, names),
        maths=t("training.maths"),
        sources=(ranker_loss, ranker_terms, balance_actions),
    )


def _action_closely(scene: SamplesScene, names: list[str]) -> tuple[Block, ...]:
    a, place = divmod(scene.cell, scene.count)
    taken = bool(scene.batch.labels[scene.row, place, a])
    chance = float(expit(float(scene.batch.logits[scene.row, place, a])))
    (post,) = describe([int(scene.batch.posts[scene.row, place])], scene.world)
    said = t(
        f"training.samples.closely.{'taken' if taken else 'not_taken'}",
        action=names[a],
        post=post.name,
        text=words.snippet(post.text, _SNIPPET),
        predicted=words.percent(chance, 3),
        kept=words.percent(1 - chance, 3),
        bare=words.digits(-math.log(chance if taken else 1 - chance), 3),
        weight=words.digits(float(scene.batch.action_weights[a]), 3),
        term=words.digits(float(scene.action_terms[place, a]), 3),
    )
    return (Words(said),)


def _ranker_notices(scene: SamplesScene, names: list[str]) -> list[str]:
    labels, terms = scene.batch.labels[scene.row], scene.action_terms
    weights, taken = scene.batch.action_weights, int(labels.sum())
    heavy, light = int(weights.argmax()), int(weights.argmin())
    left_alone = "few" if taken < labels.size / 2 else "many"
    kind = "none" if not taken else left_alone if scene.world.knows("impressions") else "drawn"
    said = [
        t(
            f"training.samples.notice.session.{kind}",
            cells=labels.size,
            taken=taken,
            share=words.percent(float(terms[labels].sum() / terms.sum())),
        ),
        t("training.samples.notice.ranker_loss", loss=words.decimal(float(terms.sum(axis=1).mean()), 3)),
    ]
    written = {
        "heavy_weight": words.digits(float(weights[heavy]), 2),
        "light_weight": words.digits(float(weights[light]), 2),
    }
    if len(set(written.values())) > 1:
        said.append(t("training.samples.notice.weights", heavy=names[heavy], light=names[light], **written))
    return said


def _places(scene: SamplesScene) -> list[str]:
    return [str(place) for place in range(1, scene.count + 1)]
