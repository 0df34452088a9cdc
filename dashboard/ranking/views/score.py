"""The view `score`: from fifteen probabilities to one score, every stage with its switch and what it changed."""

import html
from functools import partial
from typing import NamedTuple

import numpy as np

from dashboard import words
from dashboard.components import feed_html
from dashboard.feed import TOP, Candidates, action_names, card, ranks, shared_top
from dashboard.figures.waterfall import score_waterfall
from dashboard.locale import t
from dashboard.ranking import stage_controls
from dashboard.ranking.scene import Scene
from dashboard.score import notices, repeats, score_alt, score_steps, score_text
from dashboard.stages import SWITCHES
from dashboard.view import Chart, Controls, Html, Text, View
from dashboard.words import digits, superscript
from phoenix.scoring import diversity_factors, offset_scores, score_feed

DIGITS = 6  # significant ones in the sum by hand


def view(scene: Scene) -> View:
    """Draws the waterfall of the selected post, the sum by hand, and under them the stages' controls."""
    candidates = scene.candidates
    steps = score_steps(candidates)
    effects = {switch: effect(candidates, switch) for switch in SWITCHES}
    effects["offset_at_zero"] = effect_at_zero(candidates)
    return View(
        blocks=(
            Html(feed_html([card(candidates, scene.world)])),
            Chart(score_waterfall(steps, text=score_text(steps)), score_alt(steps), "ranking.score"),
            Controls(partial(stage_controls.draw, candidates.settings, effects)),
            Text(t("ranking.hand"), "heading"),
            Html(sum_table(hand_rows(candidates))),
        ),
        notices=tuple(notices(candidates)),
        maths=t("ranking.maths"),
        sources=(score_feed, offset_scores, diversity_factors),
    )


def effect(candidates: Candidates, switch: str) -> str:
    """What a stage does to the selected post and to the top 10, against the same candidates without it."""
    flag = f"use_{switch}"
    if not getattr(candidates.settings, flag):
        return t("ranking.effect.off")
    without = candidates.score(candidates.weights, candidates.settings._replace(**{flag: False}))
    return t(
        "ranking.effect.on",
        rank=candidates.rank,
        without=int(ranks(without.order)[candidates.selected]),
        others=min(TOP, len(without.order)) - shared_top(candidates.stages.order, baseline=without.order),
        top=TOP,
    )


def effect_at_zero(candidates: Candidates) -> str:
    """What adding o without any weight changes: every score alike, and only there."""
    if candidates.weights.any():
        return t("ranking.effect.at_zero.weighted")
    least, most = (words.number(value) for value in (0.0, candidates.settings.offset))
    added = candidates.settings.offset_at_zero and candidates.settings.use_offset
    return t("ranking.effect.at_zero.added" if added else "ranking.effect.at_zero.none", least=least, most=most)


class HandRow(NamedTuple):
    """One line of the sum by hand: what, how, and what comes out."""

    name: str
    formula: str
    result: str


def hand_rows(candidates: Candidates) -> list[HandRow]:
    """The whole way to the selected post's score, with digits enough to do it again."""
    i, found = candidates.selected, candidates.stages
    rows = [
        HandRow(name, f"{digits(100 * p, DIGITS)}% × {words.number(w)}", digits(c, DIGITS))
        for name, p, w, c in zip(
            action_names(), candidates.probabilities[i], candidates.weights, found.contributions[i], strict=True
        )
    ]
    factors = [
        HandRow(t(f"feed.stage.{stage}"), formula, digits(value, DIGITS))
        for stage, formula, value in (
            ("weighted", "∑", found.weighted[i]),
            ("offset", _offset_formula(candidates), found.offset[i]),
            ("diversity", _diversity_formula(candidates), found.diversity[i]),
            ("network", _network_formula(candidates), found.final[i]),
        )
    ]
    return [*rows, *factors]


def _offset_formula(candidates: Candidates) -> str:
    weights, settings = candidates.weights, candidates.settings
    if not settings.use_offset:
        return t("ranking.hand.off")
    s, o = candidates.stages.weighted[candidates.selected], settings.offset
    if not weights.any():
        return f"max({digits(s, DIGITS)}, 0)" + (f" + {words.number(o)}" if settings.offset_at_zero else "")
    if s >= 0:
        return f"{digits(s, DIGITS)} + {words.number(o)}"
    negative, total = np.abs(weights[weights < 0]).sum(), np.abs(weights).sum()
    return f"({digits(s, DIGITS)} + {digits(negative, 9)}) ÷ {digits(total, 9)} × {words.number(o)}"


def _diversity_formula(candidates: Candidates) -> str:
    settings, i = candidates.settings, candidates.selected
    if not settings.use_diversity:
        return t("ranking.hand.off")
    j = repeats(candidates)
    floor, decay = words.number(settings.floor), words.number(settings.decay)
    return f"{digits(candidates.stages.offset[i], DIGITS)} × ((1 − {floor}) × {decay}{superscript(j)} + {floor})"


def _network_formula(candidates: Candidates) -> str:
    settings, i = candidates.settings, candidates.selected
    if not settings.use_network:
        return t("ranking.hand.off")
    factor = 1.0 if candidates.followed[i] else settings.network
    return f"{digits(candidates.stages.diversity[i], DIGITS)} × {words.number(factor)}"


def _whole(formula: str) -> str:
    """HTML of a formula that may break between its numbers, but not inside one: a phone has little room."""
    return " ".join(f'<span style="white-space: nowrap">{html.escape(part)}</span>' for part in formula.split(" "))


def sum_table(rows: list[HandRow]) -> str:
    """The sum by hand as HTML."""
    heads = "".join(f"<th>{html.escape(t(f'ranking.hand.{head}'))}</th>" for head in ("step", "how", "result"))
    body = "".join(
        f"<tr><td>{html.escape(row.name)}</td><td>{_whole(row.formula)}</td><td>{_whole(row.result)}</td></tr>"
        for row in rows
    )
    return f'<table class="px-sum"><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>'
