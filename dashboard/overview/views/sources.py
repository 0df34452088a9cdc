"""Where the feed's posts come from: the share of each source in the candidates, in the feed, in what it is worth."""

import numpy as np

from dashboard import weighting, words
from dashboard.locale import listing, t
from dashboard.overview.figures.sources import shares
from dashboard.overview.scene import SourceScene
from dashboard.overview.views.feed import too_few
from dashboard.view import Chart, Text, View
from phoenix.analysis.sources import SourceShares, share_by_source
from phoenix.pipeline import SOURCES, lacking
from phoenix.pipeline.exploration import explore, take_anything
from phoenix.pipeline.sources import take_in_network, take_retrieved


def view(scene: SourceScene) -> View:
    """The shares as bars; a sentence instead where nothing brings a candidate."""
    note, counted = weighting.note(scene.base.weighting), share_by_source(scene.base.made, worth=scene.worth)
    short = too_few(scene.base)
    above = (*([Text(note, "info")] if note else []), *([Text(short, "warning")] if short else []))
    return View(
        blocks=(*above, *([_chart(counted)] if scene.base.ranked else [])),
        notices=tuple(notices(scene, counted)) if scene.base.whys else (),
        maths=t("overview.sources.maths"),
        sources=(take_retrieved, take_in_network, take_anything, explore, share_by_source),
    )


def _chart(counted: SourceShares) -> Chart:
    totals = {name: part for name, part in counted._asdict().items() if part is not None and _adds_up(part)}
    used = [column for column in range(len(SOURCES)) if any(part[column] > 0 for part in totals.values())]
    names = [t(f"common.origin.{SOURCES[column]}") for column in used]
    parts = np.array([part[used] / part.sum() for part in totals.values()])
    written = [
        [_written(total, part[column], share) for column, share in zip(used, row, strict=True)]
        for (total, part), row in zip(totals.items(), parts, strict=True)
    ]
    called = [t(f"overview.sources.{total}") for total in totals]
    hovers = [
        [f"{name}: {text}<br>{title}" for name, text in zip(names, row, strict=True)]
        for title, row in zip(called, written, strict=True)
    ]
    figure = shares(called, names, parts, written=written, hovers=hovers, axis=t("overview.sources.axis"))
    said = (
        f"{title}: {listing(f'{name} {text}' for name, text in zip(names, row, strict=True))}"
        for title, row in zip(called, written, strict=True)
    )
    return Chart(figure, t("overview.sources.alt", shares=listing(said, parts=True)), "overview.sources")


def _adds_up(parts: np.ndarray) -> bool:
    """Whether parts make shares: not where a feed is empty, or where a source's part is worth less than nothing."""
    return bool(parts.sum() > 0 and (parts >= 0).all())


def _written(total: str, part: float, share: float) -> str:
    percent = words.percent(share)
    return percent if total == "worth" else f"{words.number(round(part, 1))} · {percent}"


def notices(scene: SourceScene, counted: SourceShares) -> list[str]:
    """What to notice, from the numbers of this feed."""
    column, made = SOURCES.index("in_network"), scene.base.made
    said = []
    if scene.base.settings.in_network and "in_network" not in lacking(scene.base.world):
        said.append(
            t(
                "overview.sources.notice.shares",
                candidates=words.percent(counted.candidates[column] / counted.candidates.sum()),
                feed=words.percent(counted.feed[column] / counted.feed.sum()),
            )
        )
        both = int(made.sources[:, :2].all(axis=1).sum())
        said.append(t("overview.sources.notice.both", count=both, total=words.count(made.sources[:, column].sum())))
    elif np.count_nonzero(counted.candidates) == 1:
        said.append(t("overview.sources.notice.one"))
    return [*said[:1], *_alone(scene), *said[1:], *_explored(scene, counted)]


def _alone(scene: SourceScene) -> list[str]:
    if len(scene.alone) < 2 or scene.worth is None:
        return []
    together, best = float(scene.worth.mean()), max(scene.alone.values())
    shown = words.significant(together, 3)
    means = {source: words.significant(mean, 3) for source, mean in scene.alone.items()}
    more = together > best and shown not in means.values()  # what looks the same is not called more
    return [t(f"overview.sources.notice.{'together' if more else 'apart'}", together=shown, **means)]


def _explored(scene: SourceScene, counted: SourceShares) -> list[str]:
    if not scene.base.settings.explore:
        return []
    count = counted.feed[SOURCES.index("exploration")]
    kind = scene.base.settings.explore_by
    return [t(f"overview.sources.notice.explore.{kind}", count=words.number(round(float(count), 1)))]
