"""Which post, which step, which action: pickers whose values stand in the address."""

from typing import TYPE_CHECKING

import streamlit as st

from dashboard import controls, state, words
from dashboard.locale import t
from phoenix.actions import ACTIONS

if TYPE_CHECKING:
    from phoenix.serving import Recommendation
    from phoenix.world import World

DEFAULT_ACTION = ACTIONS[0]
LABEL = 70  # width of a candidate in the list, in characters


def post_picker(made: "Recommendation", world: "World") -> int:
    """The post, among the candidates in the order of the feed; the address may name any other post too.

    Returns:
      Its id.
    """
    posts = [str(post) for post in made.ranking.post_ids[made.stages.order]]
    top = posts[0]
    last = world.num_posts - 1
    given = state.addressed("post")
    unusable = state.rejected_integer("post", low=0, high=last) is not None
    foreign = given is not None and not unusable and str(int(given)) not in posts
    if foreign:
        posts.append(given)
    rejected = state.reconcile("post", posts, top)
    texts = dict(zip(posts, world.post_text([int(post) for post in posts], state.language()), strict=True))
    places = {post: place for place, post in enumerate(posts, start=1)}

    def label(post: str) -> str:
        place = t("journey.post.foreign") if foreign and post == given else places[post]
        return f"{place} · {words.snippet(texts[post], LABEL)}"

    st.selectbox(t("journey.post"), posts, key="post", format_func=label, help=t("journey.post_help"))
    chosen = state.publish_choice("post", top)
    if rejected is not None:
        st.warning(t("journey.problem.post", given=rejected, last=last, shown=chosen))
    if foreign and chosen == given:
        st.info(t("journey.foreign", post=given, count=len(posts) - 1))
        st.button(t("journey.top"), key="to_top", on_click=state.set_widget_value, args=("post", top))
    return int(chosen)


def step_picker(steps: list[str]) -> str:
    """The step, by name."""
    return controls.choice("step", steps, default=steps[0], label=t("journey.steps"), names="journey.step")


def step_buttons(step: str, steps: list[str]) -> None:
    """One step back, one step on; the keys P and N do the same."""
    place = steps.index(step)
    with st.container(horizontal=True):
        for way, target, key in (("previous", place - 1, "P"), ("next", place + 1, "N")):
            there = 0 <= target < len(steps)
            st.button(
                t(f"journey.{way}", step=t(f"journey.step.{steps[target]}")) if there else t(f"journey.{way}_none"),
                key=f"go_{way}",
                on_click=state.set_widget_value,
                args=("step", steps[target] if there else step),
                disabled=not there,
                shortcut=key,
            )


def action_picker() -> str:
    """The action that the steps inside the model look at."""
    rejected = state.reconcile("action", ACTIONS, DEFAULT_ACTION)
    st.selectbox(t("journey.action"), ACTIONS, key="action", format_func=lambda name: t(f"common.action.{name}"))
    chosen = state.publish_choice("action", DEFAULT_ACTION)
    if rejected is not None:
        shown = t(f"common.action.{chosen}")
        st.warning(t("journey.problem.action", given=rejected, options=", ".join(ACTIONS), shown=shown))
    return chosen
