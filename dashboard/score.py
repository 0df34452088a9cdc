"""How the selected candidate's score is made: as numbers for `figures.waterfall`, and in words."""

import numpy as np

from dashboard import words
from dashboard.feed import Candidates, action_names, network
from dashboard.figures.waterfall import ScoreSteps, ScoreText
from dashboard.locale import t
from dashboard.words import change, digits, percent
from phoenix.scoring import RELEASE


def score_steps(candidates: Candidates) -> ScoreSteps:
    """How the selected candidate's score is made."""
    found, i = candidates.stages, candidates.selected
    return ScoreSteps(
        probabilities=candidates.probabilities[i],
        weights=candidates.weights,
        weighted=float(found.weighted[i]),
        offset=float(found.offset[i]),
        diversity=float(found.diversity[i]),
        final=float(found.final[i]),
    )


def score_alt(steps: ScoreSteps) -> str:
    """The score picture for those who cannot see it."""
    totals = {name: change(getattr(steps, name), 4) for name in ("weighted", "offset", "diversity", "final")}
    return t("feed.score.alt", **totals)


def score_text(steps: ScoreSteps) -> ScoreText:
    """Words for `figures.waterfall.score_waterfall`."""
    stages = [t(f"feed.stage.{stage}") for stage in ("weighted", "offset", "diversity", "network", "score")]
    changes = [change(added) for added in steps.changes]
    return ScoreText(
        actions=action_names(),
        stages=stages,
        axis=t("feed.axis.score"),
        step=t("feed.axis.step"),
        raises=t("feed.score.raises"),
        lowers=t("feed.score.lowers"),
        total=t("feed.score.total"),
        changes=changes,
        totals=(change(steps.weighted, 4), change(steps.final, 4)),
        hovers=[*_action_hovers(steps, changes), *_stage_hovers(steps, changes[-3:], names=stages[1:4])],
    )


def _action_hovers(steps: ScoreSteps, changes: list[str]) -> list[str]:
    rows = zip(action_names(), steps.probabilities, steps.weights, changes[:-3], strict=True)
    return [
        t("feed.score.action_hover", action=name, probability=percent(p, 3), weight=words.number(w), contribution=added)
        for name, p, w, added in rows
    ]


def _stage_hovers(steps: ScoreSteps, changes: list[str], *, names: list[str]) -> list[str]:
    rows = zip(names, changes, (steps.offset, steps.diversity, steps.final), strict=True)
    return [t("feed.score.stage_hover", stage=name, change=added, value=change(new, 4)) for name, added, new in rows]


def notices(candidates: Candidates) -> list[str]:
    """What to notice: the largest contribution, and what the offset is good for."""
    if not candidates.weights.any():
        return [zero(candidates)]
    return [_contribution(candidates), _author(candidates), why_offset(candidates)]


def zero(candidates: Candidates) -> str:
    """What happens when all weights are zero: everybody ties, and how ties are broken."""
    return t("feed.notice.zero", count=len(candidates.texts))


def _contribution(candidates: Candidates) -> str:
    names, row = action_names(), candidates.probabilities[candidates.selected]
    parts = candidates.stages.contributions[candidates.selected]
    largest, likely = int(np.abs(parts).argmax()), int(row.argmax())
    return t(
        "feed.notice.contribution",
        action=names[largest],
        probability=percent(row[largest], 3),
        weight=words.number(candidates.weights[largest]),
        contribution=change(parts[largest]),
        likely=names[likely],
        likely_p=percent(row[likely], 3),
        likely_c=change(parts[likely]),
    )


def _author(candidates: Candidates) -> str:
    count, where = repeats(candidates), network(candidates, candidates.selected)
    return t(f"feed.notice.author_{'repeat' if count else 'first'}", count=count, network=where)


def repeats(candidates: Candidates) -> int:
    """How many posts of the selected one's author score higher, after the offset."""
    same = np.flatnonzero(candidates.author_ids == candidates.author_ids[candidates.selected])
    order = same[np.argsort(-candidates.stages.offset[same], kind="stable")]
    return int(np.flatnonzero(order == candidates.selected)[0])


def why_offset(candidates: Candidates) -> str:
    """The lowest weighted sum times a factor below 1, without the offset and with it."""
    settings, weighted = candidates.settings, candidates.stages.weighted
    lowest = int(weighted.argmin())
    if weighted[lowest] >= 0:
        return t("feed.notice.no_negative_sum", offset=words.number(settings.offset))
    factor = settings.network if settings.network < 1 else RELEASE.network
    with_offset = candidates.score(candidates.weights, settings._replace(use_offset=True)).offset[lowest]
    return t(
        "feed.notice.why_offset",
        post=candidates.snippet(lowest, 50),
        count=int((weighted < 0).sum()),
        sum=digits(weighted[lowest]),
        factor=words.number(factor),
        raised=digits(weighted[lowest] * factor),
        shifted=digits(with_offset),
        lowered=digits(with_offset * factor),
    )
