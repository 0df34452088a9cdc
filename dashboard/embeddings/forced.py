"""A collision forced upon the trained ranker: one post gets the buckets of another."""

import numpy as np
import streamlit as st

from dashboard import components, controls, resources, state, words
from dashboard.embeddings import Source
from dashboard.figures.embeddings.forced import ForcedText, forced_dots
from dashboard.locale import t, topic
from phoenix.actions import ACTIONS
from phoenix.analysis.counterfactuals import FORCED, force_collision
from phoenix.serving.probes import rank_hashes

SHARED = FORCED[1:]
PLACES = 50


def show() -> tuple[Source, ...]:
    """Two of this user's candidates, the buckets to share, and how the probabilities move."""
    user = state.user_id()
    found = resources.retrieve(user, k=200).result.post_ids
    shared = controls.choice(
        "shared", SHARED, default="first", label=t("embeddings.forced"), names="embeddings.forced.share"
    )
    left, right = st.columns(2, gap="large")
    with left:
        a = controls.number(
            "a", low=1, high=PLACES, default=1, step=1, label=t("embeddings.forced.a"), help=t("embeddings.forced.help")
        )
        post = int(found[a - 1])
        st.markdown(_describe(post))
    with right:
        b = controls.number("b", low=1, high=PLACES, default=40, step=1, label=t("embeddings.forced.b"))
        other = int(found[b - 1])
        st.markdown(_describe(other))
    with st.spinner(t("common.computing")):
        moved = resources.forced_collision(user, post, other)
        theirs = resources.rank(user, (other,)).probabilities[0]
    own, forced = moved[0], moved[FORCED.index(shared)]
    names = [t(f"common.action.{action}") for action in ACTIONS]
    hovers = [
        t(
            "embeddings.forced.hover",
            action=name,
            own=words.percent(float(before)),
            forced=words.percent(float(after)),
            other=words.percent(float(their)),
        )
        for name, before, after, their in zip(names, own, forced, theirs, strict=True)
    ]
    text = ForcedText(
        probability=t("embeddings.forced.probability"),
        action=t("embeddings.forced.action"),
        own=t("embeddings.forced.own"),
        forced=t("embeddings.forced.forced"),
        other=t("embeddings.forced.other"),
    )
    chart = forced_dots(names, own, forced, theirs, hovers=hovers, text=text)
    components.figure(chart, key="forced", alt=t("embeddings.forced.alt", rows=" ".join(hovers)))
    components.what_to_notice(observations(moved, np.asarray(theirs, float), shared, same=post == other))
    return force_collision, rank_hashes


def _describe(post: int) -> str:
    world = resources.recommender().world
    text = words.snippet(world.post_text([post], state.language())[0], 80)
    return t("embeddings.forced.post", post=post, topic=topic(int(world.posts["topic"].loc[post])), text=text)


def observations(moved: np.ndarray, theirs: np.ndarray, shared: str, *, same: bool) -> list[str]:
    """What to notice.

    Args:
      moved: float [5, A], in the order of `FORCED`.
      theirs: float [A], probabilities of the other post.
      shared: which buckets are shared.
      same: whether both posts are one and the same.
    """
    if same:
        return [t("embeddings.notice.same_post")]
    own, forced = moved[0], moved[FORCED.index(shared)]
    ratio = forced / own
    action = int(np.argmax(np.abs(np.log(ratio))))
    favorite = ACTIONS.index("favorite")
    said = [
        t(
            "embeddings.notice.moved",
            action=t(f"common.action.{ACTIONS[action]}"),
            own=words.percent(float(own[action])),
            forced=words.percent(float(forced[action])),
            times=words.times(float(ratio[action])),
        ),
        t(
            "embeddings.notice.each",
            own=words.percent(float(own[favorite])),
            **{name: words.percent(float(row[favorite])) for name, row in zip(FORCED[1:], moved[1:], strict=True)},
            other=words.percent(float(theirs[favorite])),
        ),
    ]
    if shared == "author":
        said.append(t("embeddings.notice.identical", difference=f"{np.abs(forced - theirs).max():.0e}"))
    return said
