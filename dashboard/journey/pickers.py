"""Which post, which step, which action: pickers whose values stand in the address."""

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from dashboard import controls, naming, state, words
from dashboard.locale import t

if TYPE_CHECKING:
    from phoenix.serving import Recommendation
    from phoenix.world import AnyWorld

STEPS = ("ids", "rows", "tokens", "layers", "probabilities", "score", "rank")
INSIDE = ("layers", "probabilities")  # the steps that look at one action
LABEL = 70  # width of a candidate in the list, in characters
_FOREIGN = "journey.foreign"


def step() -> str:
    """The step, by name."""
    return controls.choice("step", STEPS, default=STEPS[0], label=t("journey.steps"), names="journey.step")


def step_buttons(shown: str) -> None:
    """One step back, one step on; the keys P and N do the same."""
    place = STEPS.index(shown)
    with st.container(horizontal=True):
        for way, by, shortcut in (("previous", -1, "P"), ("next", 1, "N")):
            there = 0 <= place + by < len(STEPS)
            st.button(
                t(f"journey.{way}", step=t(f"journey.step.{STEPS[place + by]}")) if there else t(f"journey.{way}_none"),
                key=controls.key(way),
                on_click=_go,
                args=(by,),
                disabled=not there,
                shortcut=shortcut,
            )


def _go(by: int) -> None:
    """Goes some steps on from where the session is by now: keys may come faster than the page is drawn."""
    place = STEPS.index(state.given("step") or STEPS[0]) + by
    controls.put("step", STEPS[min(max(place, 0), len(STEPS) - 1)])


def post(made: "Recommendation", world: "AnyWorld") -> int:
    """The post, among the candidates in the order of the feed; the address may name any other post too.

    Returns:
      Its id.
    """
    candidates = [int(candidate) for candidate in made.ranking.post_ids[made.stages.order]]
    top, last = candidates[0], world.num_posts - 1
    fresh = state.is_fresh("post")
    named = controls.number(
        "post", low=0, high=last, default=top, label="", kind="hidden", said_here=False, problem="journey.problem.post"
    )
    foreign = _foreign(named, candidates, fresh=fresh)
    chosen = controls.item(
        "post",
        [*candidates, *foreign],
        default=top,
        problem="journey.problem.post",
        label=t("journey.post"),
        names=_labels(candidates, foreign, world),
        help=t("journey.post_help"),
    )
    if chosen in foreign:
        st.info(t("journey.foreign", post=chosen, count=len(candidates)))
        st.button(t("journey.top"), key=controls.key("top"), on_click=partial(controls.put, "post", top))
    return chosen


def _foreign(named: int, candidates: list[int], *, fresh: bool) -> list[int]:
    """The post that an address has named although retrieval did not return it; it stays until another is chosen."""
    if named in candidates:
        return []
    if fresh:
        state.keep(state.of_world(_FOREIGN), named)
    return [named] if state.recall(state.of_world(_FOREIGN)) == named else []


def _labels(candidates: list[int], foreign: list[int], world: "AnyWorld") -> dict[int, str]:
    """What the list says of each post: its place in the feed and the beginning of its text."""
    posts = [*candidates, *foreign]
    places = [*map(str, range(1, 1 + len(candidates))), *[t("journey.post.foreign")] * len(foreign)]
    texts = world.post_text(posts, state.language())
    return {
        post: f"{place} · {words.snippet(text, LABEL)}" for post, place, text in zip(posts, places, texts, strict=True)
    }


def action(shown: str) -> str:
    """The action that the steps inside the model look at; the other steps keep it.

    Args:
      shown: the step.
    """
    names = naming.world().actions.names
    return controls.choice(
        "action",
        names,
        default=names[0],
        label=t("journey.action"),
        names=dict(zip(names, naming.actions(), strict=True)),
        kind="list" if shown in INSIDE else "hidden",
    )
