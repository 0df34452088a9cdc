"""The fifth step: a logit for each action, and its sigmoid."""

import numpy as np
import plotly.graph_objects as go
from scipy.special import expit

from dashboard import words
from dashboard.feed import action_names, extremes
from dashboard.journey.figures.logits import LogitText, logit_bars
from dashboard.journey.scene import BATCH, Scene
from dashboard.journey.step import step
from dashboard.locale import t
from dashboard.view import Chart, View
from dashboard.words import percent, signed
from phoenix.analysis.journey import Journey
from phoenix.recsys_model import PhoenixModel

DIGITS, PLACES = 3, 3  # of a probability and of a logit, so that they can be checked by hand


def view(scene: Scene) -> View:
    """Each action's logit, from its bias to where the vector moves it."""
    candidates = scene.candidates
    alt = t("journey.probabilities.alt", **extremes(candidates.probabilities[candidates.selected]))
    return step(
        "probabilities",
        scene,
        chart=Chart(_figure(scene), alt=alt, key="probabilities"),
        shapes=[_shape(scene.journey)],
        notices=[worked(scene), _against_mean(scene.journey), _sum(scene.journey)],
        sources=(PhoenixModel._unembed,),
    )


def _logits(journey: Journey) -> np.ndarray:
    return journey.logits[journey.place].astype(float)


def _figure(scene: Scene) -> go.Figure:
    journey, logits = scene.journey, _logits(scene.journey)
    rows = zip(action_names(), journey.bias, logits, strict=True)
    text = LogitText(
        actions=action_names(),
        axis=t("journey.axis.logit"),
        action=t("feed.axis.action"),
        raises=t("journey.probabilities.raises"),
        lowers=t("journey.probabilities.lowers"),
        bias=t("journey.probabilities.bias"),
        mean=t("journey.probabilities.mean", count=len(journey.post_ids)),
        percent=percent,
        hovers=[
            t("journey.probabilities.hover", action=name, **_sum_in_words(float(bias), float(logit)))
            for name, bias, logit in rows
        ],
    )
    mean = journey.logits.mean(axis=0)
    return logit_bars(
        logits,
        bias=journey.bias,
        mean=mean,
        signs=np.array(scene.world.actions.signs),
        text=text,
        selected=scene.column,
    )


def _shape(journey: Journey) -> str:
    width, (count, actions) = journey.tokens.shape[1], journey.logits.shape
    return t(
        "journey.shape.unembed",
        before=f"[B, C, D] = [{BATCH}, {count}, {width}]",
        matrix=f"[{width}, {actions}]",
        after=f"[B, C, A] = [{BATCH}, {count}, {actions}]",
    )


def worked(scene: Scene) -> str:
    """One action worked out: bias, what the vector adds, logit, probability."""
    bias, logit = float(scene.journey.bias[scene.column]), float(_logits(scene.journey)[scene.column])
    more = {"negated": words.decimal(-logit, PLACES), "prior": percent(expit(round(bias, PLACES)), DIGITS)}
    return t("journey.probabilities.notice.worked", action=scene.action_name, **_sum_in_words(bias, logit), **more)


def _sum_in_words(bias: float, logit: float) -> dict[str, str]:
    """What bias and vector make together, rounded so that the sum, and its sigmoid, are right as written."""
    start, end = round(bias, PLACES), round(logit, PLACES)
    return {
        "bias": signed(start, PLACES),
        "change": signed(end - start, PLACES),
        "logit": signed(end, PLACES),
        "probability": percent(expit(end), DIGITS),
    }


def _against_mean(journey: Journey) -> str:
    """The actions that this candidate raises and lowers most, against the mean of all candidates."""
    names, apart = action_names(), _logits(journey) - journey.logits.mean(axis=0)
    if len(names) == 1:
        key, change = "journey.probabilities.notice.mean_one", signed(apart[0])
        return t(key, count=len(journey.post_ids), action=names[0], change=change)
    high, low = int(apart.argmax()), int(apart.argmin())
    return t(
        "journey.probabilities.notice.mean",
        count=len(journey.post_ids),
        high=names[high],
        high_change=signed(apart[high]),
        low=names[low],
        low_change=signed(apart[low]),
    )


def _sum(journey: Journey) -> str:
    total = words.decimal(expit(_logits(journey)).sum(), 2)
    return t("journey.probabilities.notice.sum", total=total, count=journey.logits.shape[1])
