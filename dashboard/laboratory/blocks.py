"""What the laboratory's views share: choosing a post or an option, ranks on the weighted sum, how it was computed."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from dashboard import components, resources, state
from dashboard.feed import ranks
from dashboard.locale import listing, t, topic
from dashboard.words import number

if TYPE_CHECKING:
    from dashboard.ranking import Scene

_PICKED = "laboratory_post"
_SNIPPET = 70


def weighted_order(scene: "Scene") -> np.ndarray:
    """Indices of the candidates by the weighted sum, best first; ties keep the order of retrieval."""
    return np.argsort(-scene.stages.weighted, kind="stable")


def weighted_ranks(scene: "Scene") -> np.ndarray:
    """Rank of each candidate by the weighted sum, from 1; int [n]."""
    return ranks(weighted_order(scene))


def pick_candidate(scene: "Scene") -> None:
    """Lets the visitor choose the post under inspection, and shows it whole."""
    posts = {str(scene.post_ids[i]): int(i) for i in weighted_order(scene)}
    places = weighted_ranks(scene)
    state.set_widget_value(_PICKED, str(scene.post_ids[scene.selected]))
    st.selectbox(
        t("laboratory.post"),
        list(posts),
        key=_PICKED,
        format_func=lambda post: f"{places[posts[post]]} · {scene.snippet(posts[post], _SNIPPET)}",
        on_change=_choose,
        help=t("laboratory.post_help"),
    )
    row = resources.recommender().world.posts.loc[scene.post_ids[scene.selected]]
    with st.container(border=True):
        st.markdown(f"**{topic(row.topic)}** · {t(f'common.format.{row.format}')}")
        st.text(scene.texts[scene.selected])


def _choose() -> None:
    state.set_widget_value("post", state.widget_value(_PICKED))


def select(
    name: str, options: Sequence[str], *, default: str, label: str, format_func: Callable[[str], str], help: str
) -> str:
    """A list of options whose choice stands in the address as `?name=option`; nonsense there gets a sentence."""
    rejected = state.reconcile(name, options, default)
    st.selectbox(label, options, key=name, format_func=format_func, help=help)
    value = state.publish_choice(name, default)
    if rejected is not None:
        expected = listing(list(options))
        st.warning(t("common.problem.choice", name=name, given=rejected, options=expected, shown=format_func(value)))
    return value


def how(view: str, *objects: Any) -> None:
    """The formulas of a view and the very source that ran, folded."""
    with st.expander(t("laboratory.how")):
        st.markdown(t(f"laboratory.{view}.maths"))
        components.listings(*objects)


def short(value: float) -> str:
    """A weight or a small number with three significant digits and a true minus."""
    return number(float(f"{value:.3g}"))


def signed(value: float, digits: int = 2) -> str:
    """A number with its sign and some significant digits; zero has none."""
    return "0" if value == 0 else f"{value:+.{digits}g}".replace("-", "\u2212")
