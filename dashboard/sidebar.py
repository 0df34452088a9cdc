"""The sidebar that all pages share: language, the choice of a user, and who that user is."""

import random
from typing import TYPE_CHECKING

import streamlit as st

from dashboard import components, controls, naming, navigation, people, resources, searching, state, words
from dashboard.locale import t

if TYPE_CHECKING:
    from phoenix.world import AnyWorld

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


def world_picker() -> None:
    """The choice of a world, where there are several; it stands in the address as `world`."""
    known = resources.known_worlds()
    called = {one.key: t("common.world.shipped") if one.shipped else one.name for one in known}
    twice = {name for name in called.values() if list(called.values()).count(name) > 1}
    if state.given("world") not in (None, *called):  # a link from elsewhere, or models that were trained anew meanwhile
        state.leave_world()
    controls.choice(
        "world",
        list(called),
        default=known[0].key,
        written_out=not known[0].shipped,
        kind="list" if len(known) > 1 else "hidden",
        label=t("common.sidebar.world"),
        names={key: f"{name} · {key[:4]}" if name in twice else name for key, name in called.items()},
        problem="common.problem.world",
        said_here=False,
        on_change=state.leave_world,
    )
    state.enter_world(resources.chosen_world().key)


def user_picker(world: "AnyWorld") -> None:
    """Number field, search, "surprise me" and the user's card."""
    last, first = world.num_users - 1, resources.first_user()
    controls.number(
        "user",
        low=0,
        high=last,
        default=first,
        written_out=first != state.DEFAULT_USER,
        kind="field",
        label=t("common.sidebar.user"),
        problem="common.problem.user",
        said_here=False,
        help=t(f"common.sidebar.{'user' if world.truth is not None else 'row'}_help", last=last),
    )
    st.button(t("common.sidebar.surprise"), key="surprise", on_click=_surprise, args=(last,), width="stretch")
    _search(world)
    components.user_card(world, state.user_id())
    if state.page() != "user":
        navigation.link("user", label=t("common.sidebar.who"))


def _surprise(last: int) -> None:
    state.set_user(random.randint(0, last))


@st.fragment
def _search(world: "AnyWorld") -> None:
    query = st.text_input(
        t("common.sidebar.search"),
        key="user_search",
        placeholder=t(f"common.sidebar.search_{'placeholder' if world.truth is not None else 'id'}"),
        type="search",
        live=True,
    )
    if not (query or "").strip():
        return
    matches = people.search(searching.users(), query)
    if not matches:
        st.caption(t("common.sidebar.no_match"))
    for user in matches:
        label = _match(world, user, query)
        if st.button(label, key=f"match_{user}", type="tertiary", on_click=state.set_user, args=(user,)):
            st.rerun()


def _match(world: "AnyWorld", user: int, query: str) -> str:
    """What tells a user who was found from the others, what was searched for first."""
    row = world.users.iloc[user]
    if world.truth is None:
        return t("common.sidebar.match_id", handle=words.quoted(str(row.handle)), user=user)
    strongest = people.split_interests(world.truth.interests[user]).liked[: people.SEARCHED_TOPICS]
    liked = people.matching_first([naming.topic(number) for number in strongest], query)[:2]
    persona, topics = naming.persona(row.persona), " · ".join(liked)
    return t("common.sidebar.match", handle=row.handle, persona=persona, topics=topics)
