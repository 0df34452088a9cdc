"""Frontier and regret: what the true world gives for these weights, to this user and to a sample of users."""

from typing import TYPE_CHECKING

import streamlit as st

from dashboard import components, controls, resources, state
from dashboard.figures.laboratory import frontier as figures
from dashboard.laboratory import blocks, sweep
from dashboard.laboratory.blocks import short, signed
from dashboard.locale import t
from dashboard.words import count, percent
from phoenix.analysis.frontier import compare, true_counts
from phoenix.analysis.regret import TOP_FEED, FeedValue, best_posts, feed_value

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from dashboard.ranking import Scene

QUESTIONS = ("regret", "sweep")


def show(scene: "Scene") -> "go.Figure | None":
    """This user's feed under the present weights, or many users' feeds as a weight moves; returns the picture."""
    label = t("laboratory.frontier.question")
    question = controls.choice(
        "frontier", QUESTIONS, default=QUESTIONS[0], label=label, names="laboratory.frontier.question"
    )
    if question == "sweep":
        chart = sweep.show(scene)
        blocks.how("frontier", true_counts, compare)
    else:
        chart = show_regret(scene)
        blocks.how("frontier", feed_value)
    return chart


def values(scene: "Scene") -> tuple[FeedValue, FeedValue]:
    """The true value of our feed against the whole corpus, and against what was retrieved."""
    with st.spinner(t("common.computing")):
        truth = resources.corpus_truth(state.user_id())
    true_value = truth @ scene.weights
    feed = best_posts(scene.post_ids, scene.stages.weighted)
    return feed_value(true_value, feed=feed), feed_value(true_value, feed=feed, among=scene.post_ids)


def show_regret(scene: "Scene") -> "go.Figure | None":
    """Our feed between chance and the oracle, live under the sliders; no picture where nothing can be gained."""
    corpus, retrieved = values(scene)
    if corpus.recovered is None:
        st.info(t("laboratory.frontier.worthless"))
        return None
    posts = count(resources.recommender().world.num_posts)
    feed_size = min(TOP_FEED, len(scene.post_ids))
    st.markdown(t("laboratory.frontier.regret", top=feed_size))
    rows = [
        figures.ValueRow(
            *value,
            name=t(f"laboratory.frontier.row.{key}", posts=posts, retrieved=len(scene.post_ids)),
            verdict=_recovered(value),
        )
        for key, value in (("corpus", corpus), ("retrieved", retrieved))
    ]
    chart = figures.value_lines(rows, text=_text(feed_size))
    alt = t("laboratory.frontier.alt", corpus=rows[0].verdict, retrieved=rows[1].verdict)
    components.figure(chart, key="regret", alt=alt)
    components.what_to_notice(notices(corpus, retrieved))
    return chart


def notices(corpus: FeedValue, retrieved: FeedValue) -> list[str]:
    """What to notice: the share recovered, and at which stage the rest is lost."""
    share = corpus.recovered
    key = "below" if share < 0 else "share"
    lines = [
        t(
            f"laboratory.frontier.notice.{key}",
            ours=signed(corpus.ours, 3),
            random=signed(corpus.random, 3),
            oracle=signed(corpus.oracle, 3),
            share=_share(share),
            regret=_share(1 - share),
        )
    ]
    lost, by_retrieval = corpus.oracle - corpus.ours, corpus.oracle - retrieved.oracle
    if lost > 0:
        lines.append(
            t(
                "laboratory.frontier.notice.split",
                lost=short(lost),
                retrieval=percent(by_retrieval / lost),
                ranking=percent(1 - by_retrieval / lost),
            )
        )
    return [*lines, t("laboratory.frontier.notice.truth")]


def _recovered(value: FeedValue) -> str:
    if value.recovered is None:
        return t("laboratory.frontier.all_equal")
    return t("laboratory.frontier.recovered", share=_share(value.recovered))


def _share(share: float) -> str:
    return percent(share).replace("-", "\u2212")


def _text(top: int) -> figures.ValueText:
    return figures.ValueText(
        value=t("laboratory.frontier.value"),
        rows=t("laboratory.frontier.rows"),
        random=t("laboratory.frontier.random"),
        ours=t("laboratory.frontier.ours", top=top),
        oracle=t("laboratory.frontier.oracle", top=top),
    )
