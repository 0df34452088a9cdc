"""Attention: who may attend to whom, who does, and what leaks if we let them?"""

import streamlit as st

from dashboard import attention, components, resources, state
from dashboard.figures import attention as figures
from dashboard.locale import t
from phoenix.masks import MASK_VARIANTS, POSITION_SCHEMES, build_attention_mask

VIEWS = ("mask", "weights", "leak")
GUIDE_SIZE = (6, 6)  # history and candidates in the guide's diagram

user = state.user_id()
world = resources.recommender().world
with st.spinner(t("common.computing")):
    retrieved = resources.retrieve(user, k=200).result.post_ids
    history = resources.history(user)


@st.fragment
def panel() -> None:
    """Controls, picture, observations; reruns on its own."""
    scene = controls()
    view = components.choice("view", VIEWS, default=VIEWS[0], label=t("attention.view"), names="attention.view")
    {"mask": show_mask, "weights": show_weights, "leak": show_leak}[view](scene)


def controls() -> attention.Scene:
    """The mask, the positions and the size of the picture."""
    left, right = st.columns(2, gap="large")
    with left:
        label = t("attention.variant")
        variant = components.choice("mask", MASK_VARIANTS, default="isolated", label=label, names="common.mask")
        st.markdown(t(f"attention.variant.{variant}"))
    with right:
        label = t("attention.positions")
        positions = components.choice(
            "positions", POSITION_SCHEMES, default="shared", label=label, names="common.positions"
        )
        st.markdown(t(f"attention.positions.{positions}"))
    left, right = st.columns(2, gap="large")
    with left:
        past = components.integer_slider("s", low=2, high=32, default=8, step=1, label=t("attention.s"))
    with right:
        candidates = components.integer_slider("c", low=2, high=16, default=6, step=1, label=t("attention.c"))
    shown = history.tail(past)
    return attention.Scene(
        history=shown,
        post_ids=tuple(int(post) for post in retrieved[:candidates]),
        variant=variant,
        positions=positions,
        mask=build_attention_mask(len(shown), candidates, variant),
    )


def show_mask(scene: attention.Scene) -> None:
    """The mask, with what differs from isolation marked."""
    names = attention.name_positions(scene, world)
    reference = attention.other_mask(scene, "isolated")
    text = attention.grid_text(scene, names)
    chart = figures.mask_grid(scene.mask, history_len=len(scene.history), text=text, reference=reference)
    components.figure(chart, key="mask_grid", alt=attention.mask_alt(scene))
    components.what_to_notice(attention.mask_notices(scene, resources.ranker_config()))


def show_weights(scene: attention.Scene) -> None:
    """The trained model's attention weights in the coordinates of the mask."""
    with st.spinner(t("common.computing")):
        weights = resources.attention_weights(
            user,
            scene.post_ids,
            history_len=len(scene.history),
            mask=scene.variant,
            positions=scene.positions,
        )
    layer, head = attention.layer_and_head(*weights.shape[:2])
    shown = weights[layer].mean(axis=0) if head is None else weights[layer, head]
    names = attention.name_positions(scene, world)
    text = attention.grid_text(scene, names)
    chart = figures.attention_grid(shown, mask=scene.mask, history_len=len(scene.history), text=text)
    alt = attention.weights_alt(shown, scene, layer=layer, head=head)
    components.figure(chart, key="attention_grid", alt=alt)
    components.what_to_notice(attention.attention_notices(shown, scene, names))


def show_leak(scene: attention.Scene) -> None:
    """How far logits move under each mask when something else in the batch changes."""
    with st.spinner(t("common.computing")):
        differences = resources.leak(
            user,
            scene.post_ids,
            replacement=int(retrieved[-1]),
            history_len=len(scene.history),
            positions=scene.positions,
        )
    sizes = {"history": len(scene.history), "candidates": len(scene.post_ids)}
    st.markdown(t("attention.leak.caption", **sizes, place=len(retrieved)))
    chart = figures.leak_dots(differences, text=attention.leak_text(scene.variant))
    components.figure(chart, key="leak", alt=attention.leak_alt(differences))
    components.what_to_notice(attention.leak_notices(differences, scene.positions))


@st.fragment
def mask_quiz() -> None:
    """One cell after the other, answered from the rules of isolation."""
    past, candidates = GUIDE_SIZE
    number = state.recall("mask_question", 0)
    asked = attention.ask(number, history_len=past, candidate_len=candidates)
    may = build_attention_mask(past, candidates)[asked.query, asked.key]
    with components.exercise(t("attention.exercise", history=past, candidates=candidates)):
        components.quiz(
            f"mask_{number}",
            question=attention.question_text(asked, history_len=past),
            options={"yes": t("common.yes"), "no": t("common.no")},
            answer="yes" if may else "no",
            explanation=t(f"attention.quiz.rule.{asked.kind}"),
        )
        st.button(t("attention.quiz.next"), on_click=state.keep, args=("mask_question", number + 1))


panel()
components.maths(t("attention.maths"))
components.source(build_attention_mask)
mask_quiz()
