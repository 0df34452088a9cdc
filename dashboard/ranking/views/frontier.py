"""Frontier: what the true world gives for these weights, to this user or, as a weight moves, to a sample of users."""

from dashboard.locale import t
from dashboard.ranking.figures.frontier import ValueRow, ValueText, value_lines
from dashboard.ranking.scene import RegretScene, SweepScene
from dashboard.ranking.views import sweep
from dashboard.view import Chart, Text, View
from dashboard.words import count, digits, percent
from phoenix.analysis.regret import TOP_FEED, FeedValue, best_posts, feed_value


def view(scene: RegretScene | SweepScene) -> View:
    """Draws this user's feed under the present weights, or many users' feeds as a weight moves."""
    return sweep.view(scene) if isinstance(scene, SweepScene) else regret(scene)


def values(scene: RegretScene) -> tuple[FeedValue, FeedValue]:
    """The true value of our feed against the whole corpus, and against what was retrieved."""
    candidates = scene.candidates
    true_value = scene.truth @ candidates.weights
    feed = best_posts(candidates.post_ids, candidates.stages.weighted)
    return feed_value(true_value, feed=feed), feed_value(true_value, feed=feed, among=candidates.post_ids)


def regret(scene: RegretScene) -> View:
    """Draws our feed between chance and the oracle; no picture where nothing can be gained."""
    corpus, retrieved = values(scene)
    maths, sources = t("ranking.frontier.maths"), (feed_value,)
    if corpus.recovered is None:
        return View(blocks=(Text(t("ranking.frontier.worthless"), "info"),), maths=maths, sources=sources)
    found = len(scene.candidates.post_ids)
    shown = min(TOP_FEED, found)
    whole = t("ranking.frontier.row.corpus", posts=count(scene.world.num_posts))
    rows = [_row(corpus, whole), _row(retrieved, t("ranking.frontier.row.retrieved", retrieved=found))]
    alt = t("ranking.frontier.alt", corpus=_recovered(corpus), retrieved=_recovered(retrieved))
    return View(
        blocks=(
            Text(t("ranking.frontier.regret", top=shown)),
            Chart(value_lines(rows, text=_text(shown)), alt, "ranking.regret"),
        ),
        notices=notices(corpus, retrieved),
        maths=maths,
        sources=sources,
    )


def notices(corpus: FeedValue, retrieved: FeedValue) -> tuple[str, ...]:
    """What to notice: the share recovered, and at which stage the rest is lost."""
    share = corpus.recovered
    lines = [
        t(
            f"ranking.frontier.notice.{'below' if share < 0 else 'share'}",
            ours=digits(corpus.ours, 3),
            random=digits(corpus.random, 3),
            oracle=digits(corpus.oracle, 3),
            share=percent(share),
            regret=percent(1 - share),
        )
    ]
    lost, by_retrieval = corpus.oracle - corpus.ours, corpus.oracle - retrieved.oracle
    if lost > 0:
        retrieval, ranking = percent(by_retrieval / lost), percent(1 - by_retrieval / lost)
        parts = {"lost": digits(lost, 3), "retrieval": retrieval, "ranking": ranking}
        lines.append(t("ranking.frontier.notice.split", **parts))
    return (*lines, t("ranking.frontier.notice.truth"))


def _row(value: FeedValue, name: str) -> ValueRow:
    title = t("ranking.frontier.row.title", name=name, verdict=_recovered(value))
    return ValueRow(*value, name=name, title=title)


def _recovered(value: FeedValue) -> str:
    if value.recovered is None:
        return t("ranking.frontier.all_equal")
    return t("ranking.frontier.recovered", share=percent(value.recovered))


def _text(top: int) -> ValueText:
    return ValueText(
        value=t("ranking.frontier.value"),
        rows=t("ranking.frontier.rows"),
        random=t("ranking.frontier.random"),
        ours=t("ranking.frontier.ours", top=top),
        oracle=t("ranking.frontier.oracle", top=top),
    )
