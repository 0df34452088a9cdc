"""The lines of text in which users and posts of the session's world are searched."""

import functools

import numpy as np
import pandas as pd

from dashboard import people, state
from dashboard.locale import translate
from dashboard.outside import plain
from dashboard.resources import keep_resource, recommender

_WORLDS = 2


@keep_resource(entries=_WORLDS)
def users() -> pd.Series:
    """One line to search in for each user; see `people.search_texts`."""
    world = recommender().world
    personas = world.users["persona"].astype(str) if world.knows("personas") else None
    names = None if personas is None else personas.map({persona: _persona(persona) for persona in personas.unique()})
    interests = None if world.truth is None else world.truth.interests
    handles = world.users["handle"] if world.truth is not None else world.users["handle"].map(plain)
    return people.search_texts(handles, personas=names, interests=interests, topic_names=_topic_names())


def _persona(persona: str) -> str:
    return " ".join(translate(f"common.persona.{persona}", lang) for lang in state.LANGUAGES)


def _topic_names() -> list[str]:
    """The names of each topic, in all languages at once."""
    names = zip(*(recommender().world.topic_names(lang) for lang in state.LANGUAGES), strict=True)
    return [" ".join(dict.fromkeys(alike)) for alike in names]


@keep_resource(entries=2 * _WORLDS)
def posts(language: str) -> pd.Series:
    """One lower-case line to search in for each post: its text, its topic in all languages, its author's handle."""
    world = recommender().world
    parts = [pd.Series(world.post_text(np.arange(world.num_posts), language), dtype=object)]
    if "handle" in world.posts:
        parts.append(world.posts["handle"].astype(str))
    if world.topic_of_post is not None:
        topics = np.array([*_topic_names(), ""], object)  # the last for posts without one, whose topic is -1
        parts.append(pd.Series(topics[world.topic_of_post]))
    if world.knows("authors"):
        parts.append(pd.Series("@" + world.authors["handle"].to_numpy(object)[world.author_of_post]))
    lines = functools.reduce(lambda left, right: left + " | " + right.to_numpy(object), parts)
    return (lines if world.truth is not None else lines.map(plain)).str.lower()
