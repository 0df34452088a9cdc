"""The two steps inside the network: layer by layer, and from the last vector to fifteen probabilities."""

import numpy as np
from scipy.special import expit

from dashboard.feed import action_names, extremes
from dashboard.figures import journey as figures
from dashboard.journey.scene import BATCH, Scene, Step, difference, digits
from dashboard.locale import t
from dashboard.words import percent, signed
from phoenix.actions import NUM_ACTIONS, SIGNS
from phoenix.analysis.attention import SHARES
from phoenix.recsys_model import PhoenixModel
from phoenix.transformer import Block, Transformer


def layers(scene: Scene) -> Step:
    """What each half layer adds to the candidate's vector."""
    journey, column = scene.journey, scene.column
    added = np.linalg.norm(np.diff(journey.states, axis=0), axis=1)
    cosine = cosines(journey.states)
    reading = expit(journey.lens[:, column].astype(float))
    names = state_names(len(journey.states))
    text = figures.LayerText(
        states=names,
        axis=t("journey.axis.state"),
        probability=t("journey.layers.probability", action=scene.action_name),
        added=t("journey.layers.added"),
        cosine=t("journey.layers.cosine"),
        hovers=[
            t("journey.layers.hover", state=name, action=scene.action_name, probability=percent(p), cosine=f"{c:.2f}")
            for name, p, c in zip(names, reading, cosine, strict=True)
        ],
    )
    total, width = journey.tokens.shape
    jump = int(np.abs(np.diff(reading)).argmax())
    values = {"action": scene.action_name, "first": percent(reading[0]), "last": percent(reading[-1])}
    apart = difference(float(np.abs(journey.lens[-1] - journey.logits[journey.place]).max()))
    return Step(
        shapes=[
            t("journey.shape.states", shape=f"[B, T, D] = [{BATCH}, {total}, {width}]", count=len(journey.states)),
            t("journey.shape.attention", shape=f"[B, H, T, T] = [{BATCH}, {journey.heads}, {total}, {total}]"),
        ],
        chart=figures.layer_states(reading, added=added, cosine=cosine, text=text),
        alt=t("journey.layers.alt", **values, cosine=f"{cosine[0]:.2f}"),
        notices=[
            t(
                "journey.layers.notice.jump",
                **values,
                state=names[1 + jump],
                before=percent(reading[jump]),
                after=percent(reading[jump + 1]),
            ),
            *[_attention(layer, shares) for layer, shares in enumerate(journey.attention, start=1)],
            t("journey.layers.notice.longest", state=names[1 + int(added.argmax())], length=f"{added.max():.1f}"),
            t("journey.layers.notice.exact", difference=apart) + " " + t("journey.layers.notice.honest"),
        ],
        sources=(Transformer.__call__, Block.feed_forward),
    )


def cosines(states: np.ndarray) -> np.ndarray:
    """Cosine of the angle between each state [k, D] and the last one: [k]."""
    unit = states / np.linalg.norm(states, axis=1, keepdims=True)
    return unit @ unit[-1]


def state_names(count: int) -> list[str]:
    """Names of the 2 L + 1 states: the token, then attention and feed-forward of each layer."""
    halves = [
        t(f"journey.state.{half}", layer=layer) for layer in range(1, count // 2 + 1) for half in ("attention", "ffn")
    ]
    return [t("journey.state.token"), *halves]


def _attention(layer: int, shares: np.ndarray) -> str:
    parts = {name: percent(share) for name, share in zip(SHARES, shares, strict=True)}
    return t("journey.layers.notice.attention", layer=layer, **parts)


def probabilities(scene: Scene) -> Step:
    """Fifteen logits and their sigmoids."""
    journey, column = scene.journey, scene.column
    logits, mean = journey.logits[journey.place].astype(float), journey.logits.mean(axis=0)
    names = action_names()
    chance = expit(logits)
    text = figures.LogitText(
        actions=names,
        axis=t("journey.axis.logit"),
        action=t("feed.axis.action"),
        raises=t("journey.probabilities.raises"),
        lowers=t("journey.probabilities.lowers"),
        bias=t("journey.probabilities.bias"),
        mean=t("journey.probabilities.mean", count=len(journey.post_ids)),
        hovers=[
            t(
                "journey.probabilities.hover",
                action=name,
                bias=signed(b),
                change=signed(z - b),
                logit=signed(z),
                probability=digits(p),
            )
            for name, b, z, p in zip(names, journey.bias, logits, chance, strict=True)
        ],
    )
    width, count = journey.tokens.shape[1], len(journey.post_ids)
    return Step(
        shapes=[
            t(
                "journey.shape.unembed",
                before=f"[B, C, D] = [{BATCH}, {count}, {width}]",
                matrix=f"[{width}, {NUM_ACTIONS}]",
                after=f"[B, C, A] = [{BATCH}, {count}, {NUM_ACTIONS}]",
            )
        ],
        chart=figures.logit_bars(logits, bias=journey.bias, mean=mean, signs=SIGNS, text=text, selected=column),
        alt=t("journey.probabilities.alt", **extremes(scene.candidates.probabilities[scene.candidates.selected])),
        notices=[
            t(
                "journey.probabilities.notice.worked",
                action=names[column],
                bias=signed(journey.bias[column]),
                change=signed(logits[column] - journey.bias[column]),
                logit=signed(logits[column]),
                negated=f"{-logits[column]:.2f}".replace("-", "−"),
                probability=digits(chance[column]),
                prior=digits(expit(float(journey.bias[column]))),
            ),
            _against_mean(names, logits, mean, count),
            t("journey.probabilities.notice.sum", total=f"{chance.sum():.2f}", actions=NUM_ACTIONS),
        ],
        sources=(PhoenixModel._unembed,),
    )


def _against_mean(names: list[str], logits: np.ndarray, mean: np.ndarray, count: int) -> str:
    """The actions that this candidate raises and lowers most, against the mean of all candidates."""
    apart = logits - mean
    high, low = int(apart.argmax()), int(apart.argmin())
    return t(
        "journey.probabilities.notice.mean",
        count=count,
        high=names[high],
        high_change=signed(apart[high]),
        low=names[low],
        low_change=signed(apart[low]),
    )
