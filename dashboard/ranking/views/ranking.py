"""The view `ranking`: all candidates as a table, beside the probabilities of the selected one."""

import numpy as np
import pandas as pd

from dashboard import happened, naming, posts, words
from dashboard.components import feed_html
from dashboard.feed import action_names, card, extremes, moves, ranks, shared_top
from dashboard.figures.kept import keep
from dashboard.locale import paragraph, t
from dashboard.ranking import selection
from dashboard.ranking.figures.probabilities import HEIGHT, ProbabilityText, probability_rows
from dashboard.ranking.scene import BarsScene, Scene
from dashboard.score import zero
from dashboard.view import Chart, Html, Row, Table, View, column
from dashboard.words import percent
from phoenix.scoring import score_feed
from phoenix.world import AnyWorld

MARK = "▶ "  # before the selected post
_SNIPPET = 60  # width in characters
_kept_rows = keep(probability_rows)  # a weight moves no probability


def view(scene: BarsScene) -> View:
    """Draws the table beside the probabilities, and the selected post below them."""
    candidates = scene.candidates
    first = candidates.snippet(int(candidates.stages.order[0]))
    listed = Table(
        table(scene),
        t("ranking.table.alt", count=len(candidates.texts), first=first),
        "ranking.table",
        columns=columns(scene.world),
        height=HEIGHT,
        on_select=selection.choose,
    )
    row = candidates.probabilities[candidates.selected]
    chart = _kept_rows(
        tuple(row.tolist()),
        base=tuple(scene.world.base_rates.tolist()),
        signs=candidates.actions.signs,
        text=bars_text(scene),
        log=scene.scale == "log",
        true=None if scene.true is None else tuple(scene.true[candidates.selected].tolist()),
    )
    bars = Chart(chart, t("ranking.bars.alt", **extremes(row)), "ranking.bars")
    return View(
        blocks=(Row(((listed,), (bars,)), (11, 9)), Html(feed_html([card(candidates, scene.world)]))),
        notices=notices(scene),
        maths=t("ranking.maths"),
        sources=(score_feed,),
    )


def table(scene: Scene) -> pd.DataFrame:
    """All candidates in order: rank, move against the baseline (missing: none), score, post and its id."""
    candidates = scene.candidates
    order = candidates.stages.order
    gained = moves(order, baseline=scene.baseline_order)[order]
    snippets = [candidates.snippet(i, _SNIPPET) for i in order.tolist()]
    snippets[candidates.rank - 1] = MARK + snippets[candidates.rank - 1]
    return pd.DataFrame(
        {
            "rank": np.arange(1, len(order) + 1),
            "move": pd.arrays.IntegerArray(gained, gained == 0),
            "score": candidates.stages.final[order],
            "post": snippets,
            "id": posts.ids(candidates.post_ids[order], scene.world),
        },
        index=candidates.post_ids[order],
    )


def columns(world: AnyWorld) -> dict[str, object]:
    """Titles, widths and formats of the columns of `table`.

    The moves have their column where nothing has moved too: a table whose columns change is laid out anew.
    """
    return {
        "rank": column.NumberColumn(t("feed.column.rank"), width=44),
        "move": column.NumberColumn(
            t("ranking.column.move"), format="%+d", width=54, help=t("ranking.column.move_help")
        ),
        "score": column.NumberColumn(t("feed.column.score"), format="%.3f", width=58),
        "post": column.TextColumn(t("feed.column.post")),
        "id": posts.id_column(world, beside_text=True),
    }


def bars_text(scene: BarsScene) -> ProbabilityText:
    """Words for `figures.probabilities`."""
    (post,) = posts.describe([scene.candidates.post_ids[scene.candidates.selected]], scene.world)
    row = scene.candidates.probabilities[scene.candidates.selected]
    of_nobody = post.group == f"@{post.handle}"  # neither text nor topic is known
    return ProbabilityText(
        title=post.text if of_nobody else t("ranking.bars.title", handle=post.handle, topic=post.group),
        actions=tuple(action_names()),
        numbers=tuple(percent(p) for p in row.tolist()),
        positive=t("ranking.weights.positive"),
        negative=t("ranking.weights.negative"),
        probability=t("ranking.axis.probability", scale=t(f"ranking.scale.{scene.scale}").lower()),
        predicted=t("ranking.predicted"),
        true=t("ranking.true"),
        base=t("ranking.base"),
        base_hover=t("ranking.base_hover"),
    )


def notices(scene: BarsScene) -> tuple[str, ...]:
    """What to notice: what moved, what negative actions do, and that sigmoids do not add up to 1.

    Where the true probabilities are shown, first how far off the predicted ones are.
    """
    candidates = scene.candidates
    row = candidates.probabilities[candidates.selected]
    ratio = words.count(row.max() / max(row.min(), 1e-12))
    values = {**extremes(row), "ratio": ratio, "total": words.decimal(row.sum(), 2)}
    sigmoid = (t("ranking.notice.sigmoid", **values),) if len(row) > 1 else ()  # one action has none beside it
    first = () if scene.true is None else (calibration(scene),)
    first += () if scene.world.truth is not None else (happened_to(scene),)
    first += () if candidates.weights.any() else (zero(candidates),)
    if np.array_equal(candidates.stages.order, scene.baseline_order):
        return (*first, *sigmoid, *negative(scene), moved(scene))
    return (*first, moved(scene), *negative(scene), *sigmoid)


def happened_to(scene: Scene) -> str:
    """In a log: what became of the selected post, where the truth would stand."""
    post = int(scene.candidates.post_ids[scene.candidates.selected])
    return t("ranking.notice.happened", what=happened.outcome(scene.world, scene.user_id, post))


def calibration(scene: BarsScene) -> str:
    """How far off the predictions are over all candidates, and how far off a ranker was that knew the log alone."""
    ours, truth = scene.candidates.probabilities.mean(axis=0), scene.true.mean(axis=0)
    ratios = ours / truth
    favorite, furthest = scene.candidates.actions.target, int(np.abs(np.log(ratios)).argmax())
    said = t(
        "ranking.notice.calibration",
        count=len(scene.true),
        predicted=percent(float(ours[favorite])),
        true=percent(float(truth[favorite])),
        ratio=words.decimal(float(ratios[favorite]), 2),
        action=action_names()[furthest],
        furthest=words.decimal(float(ratios[furthest]), 2),
    )
    if not scene.log_only:
        return said
    worst = max(scene.log_only, key=lambda action: abs(np.log(scene.log_only[action])))
    before = {"action": naming.action(worst), "ratio": words.decimal(scene.log_only[worst], 2)}
    return paragraph((said, t("ranking.notice.calibration_log", **before)))


def moved(scene: Scene) -> str:
    """How far the order is from the baseline's."""
    name, found = naming.preset(scene.baseline), _climber(scene)
    if not found:
        return t("ranking.notice.same", baseline=name)
    shared = shared_top(scene.candidates.stages.order, baseline=scene.baseline_order)
    return t("ranking.notice.moved", baseline=name, shared=shared, **found)


def climb(scene: Scene) -> tuple[str, ...]:
    """How many have another rank than the baseline gives them, and who climbed furthest; nothing where nobody moved."""
    found = _climber(scene)
    return (t("ranking.notice.climbed", **found),) if found else ()


def _climber(scene: Scene) -> dict[str, object]:
    candidates = scene.candidates
    order = candidates.stages.order
    gained = moves(order, baseline=scene.baseline_order)
    if not gained.any():
        return {}
    climber = int(gained.argmax())
    return {
        "moved": int(np.count_nonzero(gained)),
        "count": len(gained),
        "climb": int(gained[climber]),
        "rank": int(ranks(order)[climber]),
        "post": candidates.snippet(climber),
    }


def negative(scene: Scene) -> tuple[str, ...]:
    """How much negative weights take away over all candidates; nothing where no action speaks against a post."""
    candidates = scene.candidates
    counted = candidates.weights < 0
    if not counted.any():
        return (t("ranking.notice.no_negative"),) if candidates.actions.negatives else ()
    share = negative_share(candidates.stages.contributions)
    if share is None:
        return (t("ranking.notice.only_negative"),)
    mean = candidates.probabilities[:, counted].mean()
    return (t("ranking.notice.negative", count=len(candidates.texts), share=percent(share), mean=percent(mean)),)


def negative_share(contributions: np.ndarray) -> float | None:
    """How much of what positive weights add is taken away by negative ones, summed over all candidates.

    Args:
      contributions: [n, A], weight × probability.

    Returns:
      A fraction, or None if nothing is added.
    """
    gain = contributions[contributions > 0].sum()
    return float(-contributions[contributions < 0].sum() / gain) if gain > 0 else None
