"""Where a history can come from: a post that a search finds, another user, a person whom the world makes up."""

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dashboard import controls, edits, naming, people, resources, searching, state, words
from dashboard.locale import listing, t
from dashboard.outside import inert
from dashboard.posts import describe
from phoenix.analysis import edits as library
from phoenix.analysis.edits import Edit
from phoenix.world import PERSONAS
from phoenix.world.person import MOST_DISLIKED, MOST_LIKED, MOST_NUMBER, Person
from phoenix.world.topics import NUM_TOPICS

if TYPE_CHECKING:
    import pandas as pd

    from dashboard.user.scene import Scene

HITS = 6
_SNIPPET = 80


def add_post(scene: "Scene") -> None:
    """A search over all posts, and what shall have been done with the one that is added."""
    query = controls.search("find", label=t("user.add.find"), placeholder=t("user.add.placeholder"))
    actions = scene.world.actions
    names = dict(zip(actions.names, naming.actions(), strict=True))
    label, key = t("user.add.actions"), controls.key("add_actions")
    st.multiselect(label, actions.names, default=_usual(), key=key, format_func=names.get, placeholder="")
    if not query:
        st.caption(t("user.add.hint"))
        return
    hits = _search(query, scene)
    if not hits:
        st.caption(t("user.add.nothing"))
    for post in describe(hits, scene.world):
        text = words.snippet(post.text, _SNIPPET)
        label = t("user.add.hit", topic=post.group, handle=post.handle, text=text)
        click = partial(_add, post.post_id, key)
        st.button(label, key=f"match_post_{post.post_id}", type="tertiary", icon=":material/add:", on_click=click)


def _usual() -> list[str]:
    """What is done with a post that is added, unless something else is chosen: liked, and dwelled on if that exists."""
    actions = naming.world().actions
    return [
        actions.target_name,
        *(name for name in ("dwell",) if name in actions.names and name != actions.target_name),
    ]


def _search(query: str, scene: "Scene") -> list[int]:
    """Ids of posts: the one that is called so, then the first whose lines hold every word."""
    posts = scene.world.posts
    if "handle" in posts:  # a log's posts are called by the ids of its file
        called = np.flatnonzero(posts["handle"] == inert(query)).tolist()
    elif query.isascii() and query.isdigit() and len(query) < 10 and int(query) < scene.world.num_posts:
        return [int(query)]
    else:
        called = []
    with st.spinner(t("common.computing")):
        found = people.search(searching.posts(scene.language), query, limit=HITS)
    return list(dict.fromkeys([*called, *found]))[:HITS]


def _add(post: int, key: str) -> None:
    recommender = resources.recommender()
    author, surface = int(recommender.world.author_of_post[post]), recommender.world.surfaces[0]
    actions = sorted(state.widget_value(key) or _usual(), key=recommender.actions.index)

    def add(rows: "pd.DataFrame") -> "pd.DataFrame":
        seen = {"author": author, "surface": surface}
        return library.add(rows, post, **seen, actions=actions, beyond=recommender.requests.longest)

    edits.change(add)
    state.settle("row", None)  # the newest


def take_other(scene: "Scene") -> None:
    """Another user's history under this user's id."""
    last = scene.world.num_users - 1
    default = min(state.DEFAULT_OTHER_USER, last)
    other = controls.number("from", low=0, high=last, default=default, kind="field", label=t("user.other"))
    who, truth = scene.world.users.iloc[other], scene.world.truth
    if truth is None:
        st.markdown(words.quoted(str(who.handle)))
    else:
        liked = people.split_interests(truth.interests[other]).liked[:4]
        named = {"persona": naming.persona(who.persona), "liked": listing([naming.topic(n) for n in liked])}
        st.markdown(t("user.other.who", handle=who.handle, **named))
    _begin(t("user.other.take"), "take_other", partial(_begin_with, other))


def make_up() -> None:
    """Interests and a persona, and the world writes the history that such a person would have."""
    made = edits.present().start
    shown = made if isinstance(made, Person) else Person((15,))
    keys = {name: controls.key(f"person_{name}") for name in Person._fields}
    topics = {"options": range(NUM_TOPICS), "format_func": [naming.topic(n) for n in range(NUM_TOPICS)].__getitem__}
    for name, most in (("liked", MOST_LIKED), ("disliked", MOST_DISLIKED)):
        label, default = t(f"user.person.{name}"), list(getattr(shown, name))
        st.multiselect(label, default=default, key=keys[name], max_selections=most, placeholder="", **topics)
    left, right = st.columns(2)
    personas = {persona: naming.persona(persona) for persona in PERSONAS}
    chosen = {"index": PERSONAS.index(shown.persona), "key": keys["persona"], "format_func": personas.get}
    left.selectbox(t("common.user.persona"), PERSONAS, **chosen)
    help = t("user.person.number_help")
    right.number_input(t("user.person.number"), 0, MOST_NUMBER, shown.number, key=keys["number"], help=help)
    person = Person(*(state.widget_value(key) for key in keys.values()))
    problem = _problem(person)
    if problem:
        st.caption(problem)
    _begin(t("user.person.write"), "write", partial(_make_up, keys), disabled=bool(problem))


def _problem(person: Person) -> str:
    if not person.liked:
        return t("user.person.nobody")
    both = set(person.liked) & set(person.disliked or ())
    return t("user.person.both", topics=listing([naming.topic(n) for n in sorted(both)])) if both else ""


def _make_up(keys: dict[str, str]) -> None:
    liked, disliked, persona, number = (state.widget_value(key) for key in keys.values())
    if liked and not set(liked) & set(disliked):
        _begin_with(Person(tuple(sorted(liked)), tuple(sorted(disliked)), persona, int(number)))


def _begin(label: str, name: str, click: partial, *, disabled: bool = False) -> None:
    st.button(label, key=controls.key(name), on_click=click, disabled=disabled, type="primary")


def _begin_with(start: "int | Person") -> None:
    """The whole history anew."""
    edits.put(Edit(state.user_id(), start))
    state.settle("row", None)
