"""What the things of the session's world are called in its language: actions, presets, topics, personas.

The synthetic world's names stand in the catalogues of texts; those of a log are data that came with it.
"""

from typing import TYPE_CHECKING

import numpy as np

from dashboard import locale, resources, state
from dashboard.locale import t
from dashboard.outside import inert

if TYPE_CHECKING:
    from phoenix.world import AnyWorld

_ANYWHERE = ("balanced", "equal", "target_only", "no_negatives", "pinned")  # presets that are not X's alone


def world() -> "AnyWorld":
    """The session's world."""
    return resources.recommender().world


def action(name: str, *, of: "AnyWorld | None" = None) -> str:
    """What an action of the session's world, or of one given, is called."""
    known = of or world()
    return t(f"common.action.{name}") if known.truth is not None else known.actions.label(name, state.language())


def actions() -> list[str]:
    """What all actions are called, in the order of the columns."""
    known = world()
    return [action(name, of=known) for name in known.actions.names]


def preset(name: str) -> str:
    """What a set of weights is called."""
    return t(f"common.preset.{name}") if name in _ANYWHERE or world().truth is not None else name


def topic(number: int) -> str:
    """What a topic is called; -1 stands for none."""
    return world().topic_names(state.language())[number] if number >= 0 else t("common.topic.none")


def kinds(of: "AnyWorld | None" = None) -> np.ndarray:
    """Which group each post of a world is in, int [N]: its topic, or its author where no topics are known."""
    known = of or world()
    return known.author_of_post if known.topic_of_post is None else known.topic_of_post


def kind(number: int) -> str:
    """What such a group is called."""
    if world().topic_of_post is not None:
        return topic(number)
    return f"@{world().authors['handle'].iloc[number]}"


def grouping() -> str:
    """A sentence where posts are grouped by author for want of topics; empty where topics are known."""
    return t("common.grouped_by_author") if _by_author() else ""


def _by_author() -> bool:
    return world().topic_of_post is None


def persona(name: str) -> str:
    """What a persona is called."""
    return t(f"common.persona.{name}") if world().truth is not None else name


def form(name: str) -> str:
    """What a post's format is called."""
    return t(f"common.format.{name}") if world().truth is not None else name


def surface(name: str) -> str:
    """What a surface is called."""
    return t(f"common.surface.{name}") if world().truth is not None else inert(name)


locale.follow(
    by_author=_by_author,
    imported=lambda: resources.chosen_world().imported,
)
