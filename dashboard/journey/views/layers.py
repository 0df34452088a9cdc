"""The fourth step: what each half layer adds to the candidate's vector."""

import numpy as np
import plotly.graph_objects as go
from scipy.special import expit

from dashboard import words
from dashboard.journey.figures.layers import LayerText, layer_states
from dashboard.journey.scene import BATCH, Scene
from dashboard.journey.step import step
from dashboard.locale import t
from dashboard.view import Chart, View
from phoenix.analysis.attention import SHARES
from phoenix.analysis.journey import Journey
from phoenix.recsys_model import PhoenixModel
from phoenix.transformer import Block, Transformer


def view(scene: Scene) -> View:
    """The vector on its way through the layers: what the model would say, what is added, how like the end it is."""
    journey = scene.journey
    reading = readings(scene)
    values = {"action": scene.action_name, "first": words.percent(reading[0]), "last": words.percent(reading[-1])}
    cosine = words.decimal(cosines(journey.states)[0], 2)
    return step(
        "layers",
        scene,
        chart=Chart(_figure(scene), alt=t("journey.layers.alt", **values, cosine=cosine), key="layers"),
        shapes=_shapes(journey),
        notices=[
            _jump(scene, values),
            *[_attention(layer, shares) for layer, shares in enumerate(journey.attention, start=1)],
            _longest(journey),
            _exact(journey),
        ],
        sources=(PhoenixModel.__call__, Transformer.__call__, Block.feed_forward),
    )


def readings(scene: Scene) -> np.ndarray:
    """Probability of the action if the model stopped at each of the 2 L + 1 states."""
    return expit(scene.journey.lens[:, scene.column].astype(float))


def cosines(states: np.ndarray) -> np.ndarray:
    """Cosine of the angle between each state [k, D] and the last one: [k]."""
    unit = states / np.linalg.norm(states, axis=1, keepdims=True)
    return unit @ unit[-1]


def _added(journey: Journey) -> np.ndarray:
    return np.linalg.norm(np.diff(journey.states, axis=0), axis=1)


def _figure(scene: Scene) -> go.Figure:
    states = scene.journey.states
    reading, cosine, names = readings(scene), cosines(states), state_names(len(states))
    rows = zip(names, reading, cosine, strict=True)
    text = LayerText(
        states=names,
        axis=t("journey.axis.state"),
        probability=t("journey.layers.probability", action=scene.action_name),
        added=t("journey.layers.added"),
        cosine=t("journey.layers.cosine"),
        hovers=[
            t(
                "journey.layers.hover",
                state=name,
                action=scene.action_name,
                probability=words.percent(p),
                cosine=words.decimal(c, 2),
            )
            for name, p, c in rows
        ],
    )
    return layer_states(reading, added=_added(scene.journey), cosine=cosine, text=text)


def state_names(count: int) -> list[str]:
    """Names of the 2 L + 1 states: the token, then attention and feed-forward of each layer."""
    halves = [
        t(f"journey.state.{half}", layer=layer) for layer in range(1, count // 2 + 1) for half in ("attention", "ffn")
    ]
    return [t("journey.state.token"), *halves]


def _shapes(journey: Journey) -> list[str]:
    total, width = journey.tokens.shape
    return [
        t("journey.shape.states", shape=f"[B, T, D] = [{BATCH}, {total}, {width}]", count=len(journey.states)),
        t("journey.shape.attention", shape=f"[B, H, T, T] = [{BATCH}, {journey.heads}, {total}, {total}]"),
    ]


def _jump(scene: Scene, values: dict[str, str]) -> str:
    reading = readings(scene)
    jump = int(np.abs(np.diff(reading)).argmax())
    before, after = (words.percent(reading[place]) for place in (jump, jump + 1))
    return t(
        "journey.layers.notice.jump", **values, state=state_names(len(reading))[1 + jump], before=before, after=after
    )


def _attention(layer: int, shares: np.ndarray) -> str:
    parts = {name: words.percent(share) for name, share in zip(SHARES, shares, strict=True)}
    return t("journey.layers.notice.attention", layer=layer, **parts)


def _longest(journey: Journey) -> str:
    added = _added(journey)
    state = state_names(len(journey.states))[1 + int(added.argmax())]
    return t("journey.layers.notice.longest", state=state, length=words.decimal(added.max(), 1))


def _exact(journey: Journey) -> str:
    apart = words.scientific(float(np.abs(journey.lens[-1] - journey.logits[journey.place]).max()))
    return t("journey.layers.notice.exact", difference=apart) + " " + t("journey.layers.notice.honest")
