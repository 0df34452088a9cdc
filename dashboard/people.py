"""What the dashboard says about users: their strongest interests, and the search over them."""

import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from dashboard.outside import plain

OWN = 0.5  # an interest of one's own is at least 0.7; it lends a third of itself, at most 1.3, to its neighbours
SEARCHED_TOPICS = 4  # how many of a user's strongest interests are searched


class Interests(NamedTuple):
    """A user's true interests, strongest first.

    Attributes:
      liked: topics with positive interest.
      disliked: topics with negative interest.
    """

    liked: list[int]
    disliked: list[int]


def split_interests(interests: np.ndarray) -> Interests:
    """Splits one user's interests by sign.

    Args:
      interests: float [topics], positive = interested, negative = disliked.
    """
    order = np.argsort(-interests, kind="stable")
    liked = [int(topic) for topic in order if interests[topic] > 0]
    disliked = [int(topic) for topic in order[::-1] if interests[topic] < 0]
    return Interests(liked, disliked)


def strong_interests(interests: np.ndarray) -> list[int]:
    """One user's own interests, strongest first, without what these lend to the topics beside them."""
    return [number for number in split_interests(interests).liked if interests[number] > OWN]


def search_texts(
    handles: pd.Series,
    *,
    personas: pd.Series | None = None,
    interests: np.ndarray | None = None,
    topic_names: Sequence[str] = (),
    top: int = SEARCHED_TOPICS,
) -> pd.Series:
    """One lower-case line to search in for each user: @handle, and persona and strongest interests if they are known.

    Args:
      handles: by id.
      personas: what each user's is called, in one language or in several at once.
      interests: float [users, topics].
      topic_names: name of each topic, likewise.
      top: how many of a user's strongest interests count.
    """
    lines = "@" + handles.astype(object)
    if personas is not None:
        lines = lines + " | " + personas
    if interests is None:
        return lines.str.lower()
    strongest = np.argsort(-interests, axis=1, kind="stable")[:, :top]
    names = np.asarray(topic_names, dtype=object)
    for rank in range(top):
        topics = strongest[:, rank]
        liked = interests[np.arange(len(handles)), topics] > 0
        lines = lines + np.where(liked, " | " + names[topics], "")
    return lines.str.lower()


def matching_first(names: list[str], query: str) -> list[str]:
    """Names that hold a word of the query, before the others; otherwise in the order given."""
    words = [form for word in query.split() for form in _forms(word)]
    return sorted(names, key=lambda name: not any(word in name.lower() for word in words))


def search(texts: pd.Series, query: str, *, limit: int = 6) -> list[int]:
    """Ids whose line holds every word of the query, in whatever width and case it was typed.

    Args:
      texts: id → lower-case line, such as `search_texts` returns.
      query: words, separated by spaces.
      limit: at most this many ids.

    Returns:
      Ids in ascending order, but before all others whose handle is the whole query; empty for an empty query.
    """
    words = query.split()
    if not words:
        return []
    found = np.ones(len(texts), bool)
    for word in words:
        found &= np.any([texts.str.contains(form, regex=False) for form in _forms(word)], axis=0)
    hits = texts[found]
    handles = tuple(f"@{form.removeprefix('@')}" for form in _forms(query.strip()))
    named = (hits.isin(handles) | hits.str.startswith(tuple(f"{handle} | " for handle in handles))).to_numpy(bool)
    return [int(user) for user in (*hits.index[named], *hits.index[~named])[:limit]]


def _forms(word: str) -> set[str]:
    """A word as it was typed and with full-width letters made narrow (ｊａｚｚ, ＠ann): texts may hold either."""
    word = plain(word)  # which may have been copied from a page
    return {word.lower(), unicodedata.normalize("NFKC", word).lower()}
