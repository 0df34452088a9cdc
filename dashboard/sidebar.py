"""The sidebar that all pages share: language, the choice of a user, and who that user is."""

import random
from typing import TYPE_CHECKING

import streamlit as st

from dashboard import components, controls, navigation, people, resources, state
from dashboard.locale import t, topic

if TYPE_CHECKING:
    from phoenix.world import World

LANGUAGE_NAMES = {"en": "English", "zh": "中文"}
_TAGS = {"en": "en", "zh": "zh-CN"}


def brand() -> None:
    """The product's name, above everything."""
    st.html(f'<p class="px-brand">{t("common.app")}</p>')


def language_picker() -> None:
    """The language switch; its value stands in the address as `lang`."""
    controls.choice(
        "lang",
        state.LANGUAGES,
        default=state.browser_language(),
        written_out=True,  # a copied address shows the same in somebody else's browser
        label=t("common.sidebar.language"),
        names=LANGUAGE_NAMES,
        problem="common.problem.lang",
        said_here=False,
        label_visibility="collapsed",
    )
    # Streamlit calls every page English: screen readers, fonts and line breaks go by what the document says.
    tag = _TAGS[state.language()]
    st.html(f'<script>document.documentElement.lang = "{tag}"</script>', unsafe_allow_javascript=True)


def user_picker(world: "World") -> None:
    """Number field, search, "surprise me" and the user's card."""
    last = len(world.users) - 1
    controls.number(
        "user",
        low=0,
        high=last,
        default=min(state.DEFAULT_USER, last),
        kind="field",
        label=t("common.sidebar.user"),
        problem="common.problem.user",
        said_here=False,
        help=t("common.sidebar.user_help", last=last),
    )
    st.button(t("common.sidebar.surprise"), key="surprise", on_click=_surprise, args=(last,), width="stretch")
    _search(world)
    components.user_card(world, state.user_id())
    if state.page() != "user":
        navigation.link("user", label=t("common.sidebar.who"))


def _surprise(last: int) -> None:
    state.set_user(random.randint(0, last))


@st.fragment
def _search(world: "World") -> None:
    query = st.text_input(
        t("common.sidebar.search"),
        key="user_search",
        placeholder=t("common.sidebar.search_placeholder"),
        type="search",
        live=True,
    )
    if not (query or "").strip():
        return
    matches = people.search(resources.user_search_texts(), query)
    if not matches:
        st.caption(t("common.sidebar.no_match"))
    for user in matches:
        row = world.users.loc[user]
        strongest = people.split_interests(world.interests[user]).liked[: people.SEARCHED_TOPICS]
        liked = people.matching_first([topic(number) for number in strongest], query)[:2]
        label = t(
            "common.sidebar.match",
            handle=row.handle,
            persona=t(f"common.persona.{row.persona}"),
            topics=" · ".join(liked),
        )
        if st.button(label, key=f"match_{user}", type="tertiary", on_click=state.set_user, args=(user,)):
            st.rerun()
