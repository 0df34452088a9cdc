"""The feed beside the one that score alone makes: how alike its posts are, how many topics, what it is worth."""

import html

import numpy as np

from dashboard import weighting, words
from dashboard.locale import listing, t
from dashboard.overview.figures.diversity import Panel, variety_curves
from dashboard.overview.scene import DiversityScene
from dashboard.overview.views.feed import too_few
from dashboard.view import Block, Chart, Html, Text, View
from phoenix.analysis.feedback import mean_and_error
from phoenix.pipeline.diversity import choose_by_dpp, choose_by_mmr, diversify


def view(scene: DiversityScene) -> View:
    """Both feeds in numbers, and how they move with θ."""
    note, short = weighting.note(scene.base.weighting), too_few(scene.base)
    blocks: list[Block] = [Text(note, "info")] if note else []
    blocks += [Text(short, "warning")] if short else []
    if len(scene.base.whys) > 1:
        blocks.append(Html(tiles(scene)))
    if scene.curves is not None and len(scene.base.whys) > 1:
        blocks.append(_chart(scene))
    return View(
        blocks=tuple(blocks),
        notices=tuple(notices(scene)) if len(scene.base.whys) > 1 else (),
        maths=t("overview.variety.maths"),
        sources=(diversify, choose_by_dpp, choose_by_mmr),
    )


def topics_of(scene: DiversityScene) -> tuple[int, int] | None:
    """How many topics are in the feed, and in the one by score alone; None where topics are unknown."""
    topics = scene.base.world.topic_of_post
    if topics is None:
        return None
    feeds = (topics[posts] for posts in (scene.base.made.feed, scene.plain.feed))
    feed, plain = (len(np.unique(numbers[numbers >= 0])) for numbers in feeds)
    return feed, plain


def tiles(scene: DiversityScene) -> str:
    """Each measure of the feed, and of the one that score alone makes, as HTML."""
    shown = {"similarity": tuple(words.decimal(value, 2) for value in scene.similarities)}
    if (topics := topics_of(scene)) is not None:
        shown["topics"] = tuple(map(words.count, topics))
    if scene.worths is not None:
        shown["value"] = tuple(words.significant(value, 3) for value in scene.worths)
    made = "".join(
        f'<div><p>{html.escape(t(f"overview.variety.{name}"))}</p><p class="px-number">{now}</p>'
        f"<p>{html.escape(t('overview.variety.plain', value=plain))}</p></div>"
        for name, (now, plain) in shown.items()
    )
    return f'<div class="px-tiles">{made}</div>'


def _chart(scene: DiversityScene) -> Chart:
    alone, own = scene.base.settings.diversity == "off", not scene.users and not scene.base.settings.explore
    panels = []
    for measure, now in (("similarity", scene.similarities[0]), ("value", scene.worths and scene.worths[0])):
        lines = {
            t(f"common.pipeline.diversity.{method}"): mean_and_error(getattr(found, measure))[0]
            for method, found in scene.curves.items()
        }
        if now is not None and all(np.isfinite(values).all() for values in lines.values()):
            title, hover = t(f"overview.variety.axis.{measure}"), t(f"overview.variety.hover.{measure}")
            panels.append(Panel(title, lines, hover, now if own else None))
    at, axis = 1.0 if alone else scene.base.settings.theta, t("overview.variety.axis")
    figure = variety_curves(scene.thetas, panels, axis=axis, at=at, present=t("overview.variety.present"))
    ends = listing(
        (
            t("overview.variety.alt.line", measure=panel.title, method=name, low=_short(line[0]), high=_short(line[-1]))
            for panel in panels
            for name, line in panel.lines.items()
        ),
        parts=True,
    )
    return Chart(figure, t("overview.variety.alt", who=_who(scene), lines=ends), "overview.variety")


def _short(value: float) -> str:
    return words.digits(value, 2)


def _who(scene: DiversityScene) -> str:
    return t("overview.variety.who.sample", count=scene.users) if scene.users else t("overview.variety.who.user")


def notices(scene: DiversityScene) -> list[str]:
    """What to notice: what this θ does to this feed, and what the curves say."""
    if scene.base.settings.diversity == "off":
        said = [t("overview.variety.notice.off")]
    else:
        shared = len(np.intersect1d(scene.base.made.feed, scene.plain.feed))
        now, plain = (words.decimal(value, 2) for value in scene.similarities)
        said = [t("overview.variety.notice.now", count=len(scene.base.whys) - shared, now=now, plain=plain)]
        said += _price(scene)
    return [*said, *_sample(scene)]


def _price(scene: DiversityScene) -> list[str]:
    if scene.worths is None or scene.worths[1] <= 0:
        return []
    now, plain = (words.rounded(value, 3) for value in scene.worths)  # as the tiles show them
    if now == plain:
        return [t("overview.variety.notice.even", value=words.significant(now, 3))]
    change = now / plain - 1
    kind = "cost" if change < 0 else "gain"
    return [t(f"overview.variety.notice.{kind}", change=words.percent(abs(change)))]


def _sample(scene: DiversityScene) -> list[str]:
    """Over the sample: where the value stands at the present θ against relevance alone, and how sure that is."""
    if scene.curves is None or not scene.users:
        return []
    method = scene.base.settings.diversity if scene.base.settings.diversity in scene.curves else "dpp"
    place = int(np.abs(scene.thetas - scene.base.settings.theta).argmin())
    values = scene.curves[method].value
    mean, error = mean_and_error(values[:, place] - values[:, -1])
    best = int(np.nanmean(values, axis=0).argmax())
    return [
        t(
            "overview.variety.notice.sample",
            count=scene.users,
            method=t(f"common.pipeline.diversity.{method}"),
            theta=words.number(float(scene.thetas[place])),
            change=words.signed(float(mean), 3),
            error=words.digits(float(error), 2),
            best=words.number(float(scene.thetas[best])),
        )
    ]
