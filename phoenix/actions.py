"""Actions are data: which ones a world has, which way each counts, and the weights that make one score of them.

An `ActionSet` belongs to a world. The order of its names is the column order of every `[..., A]` array of that world
and of the models trained in it. A weight multiplies a *predicted probability*, not a count of past actions.

`X_ACTIONS` is the set of the synthetic world: fifteen actions. Its published presets say where and when they were
published, and which published weights they leave out for want of such an action. `phoenix.logged_actions` makes the
set of an imported log.
"""

import collections
import dataclasses
import functools
import math
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from phoenix.checks import check_array, is_real, shown
from phoenix.published_weights import X_2023, X_2026_08, X_2026_09, PublishedWeights

if TYPE_CHECKING:
    import pandas as pd  # takes a command longer than all else before its manual stands there

MOST_ACTIONS = 64  # the actions taken on an impression are stored as bits of one number
# Far above any published weight, and small enough that no sum of weighted probabilities overflows.
MAX_WEIGHT = 1e9
# A name stands in addresses, in files of weights and beside the other columns of a history.
_NAME = re.compile(r"[\w-]{1,40}")
RESERVED_NAMES = ("post_id", "author_id", "surface", "score")


class Preset(NamedTuple):
    """A named set of weights.

    Attributes:
      weights: one weight for each action.
      published: ISO date (or year) on which the set was published, None for a set of our own.
      source: where it was published, None for a set of our own.
      left_out: every further weight that was published with it and that no action here can carry.
    """

    weights: dict[str, float]
    published: str | None = None
    source: str | None = None
    left_out: Mapping[str, float] = {}


@dataclasses.dataclass(frozen=True)
class ActionSet:
    """The actions of a world; A of them.

    Attributes:
      names: what they are called in arrays, files and addresses: 1 to 64 different words of letters, digits, _ and -.
      signs: 1 for an action that speaks for a post, -1 for one that speaks against it.
      presets: named sets of weights, at least one.
      default_preset: the one that a feed starts with.
      target: index of the action that retrieval learns and is judged by.
      labels: name → language → what people are shown; empty where a catalogue of texts knows the names.
    """

    names: tuple[str, ...]
    signs: tuple[int, ...]
    presets: Mapping[str, Preset] = dataclasses.field(hash=False)
    default_preset: str
    target: int = 0
    labels: Mapping[str, Mapping[str, str]] = dataclasses.field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        """Refuses what is no set of actions.

        Raises:
          ValueError: a number of actions, a name, a sign, a target or a preset that cannot be; the text says which.
        """
        check_signs(self.names, self.signs)
        if type(self.target) is not int or not 0 <= self.target < len(self):
            raise ValueError(f"The target must be the index of an action, 0 to {len(self) - 1}, got {self.target!r}.")
        if self.default_preset not in self.presets:
            raise ValueError(f"The default preset {shown(self.default_preset)} is none of {', '.join(self.presets)}.")
        if unknown := [name for name in self.labels if name not in self.names]:
            raise ValueError(f"There is a label for {shown(unknown[0])}, which is no action.")
        for preset in self.presets:
            self.resolve_weights(preset)

    def __len__(self) -> int:
        """A, how many actions there are."""
        return len(self.names)

    @property
    def positives(self) -> tuple[str, ...]:
        """The actions that speak for a post, in column order."""
        return tuple(name for name, sign in zip(self.names, self.signs, strict=True) if sign > 0)

    @property
    def negatives(self) -> tuple[str, ...]:
        """The actions that speak against a post, in column order."""
        return tuple(name for name, sign in zip(self.names, self.signs, strict=True) if sign < 0)

    @property
    def target_name(self) -> str:
        """The action that retrieval learns."""
        return self.names[self.target]

    def index(self, name: str) -> int:
        """The column of an action.

        Raises:
          ValueError: there is no such action.
        """
        if name not in self.names:
            raise ValueError(f"There is no action {shown(name)}: the actions are {', '.join(self.names)}.")
        return self.names.index(name)

    def label(self, name: str, language: str) -> str:
        """What an action and no other is called in a language: its label, or its name where it has none."""
        return self._labels_by_language.get(language, {}).get(name, name)

    @functools.cached_property
    def _labels_by_language(self) -> dict[str, dict[str, str]]:
        """Language → name → label."""
        languages = {language for labels in self.labels.values() for language in labels}
        return {
            language: _tell_apart({name: self.labels.get(name, {}).get(language) or name for name in self.names})
            for language in languages
        }

    def resolve_weights(self, weights: "Weights" = None) -> np.ndarray:
        """Turns a preset's name, a mapping, a Series or an array into the weight vector.

        Args:
          weights: a key of `presets`; a mapping or a Series from action to weight, in any order (missing actions weigh
            0); an array of shape [A] in the order of `names`; or None for the default preset.

        Returns:
          float64 array of shape [A], each weight between -`MAX_WEIGHT` and `MAX_WEIGHT`.

        Raises:
          ValueError: unknown preset or action, a wrong shape, or a weight that is not such a number.
        """
        if weights is None:
            weights = self.default_preset
        if isinstance(weights, str):
            if weights not in self.presets:
                raise ValueError(f"Unknown weight preset {shown(weights)}: choose one of {', '.join(self.presets)}.")
            weights = self.presets[weights].weights
        by_name = hasattr(weights, "items")  # as a mapping has, and a Series
        named = self._by_name(weights) if by_name else self._by_place(weights)
        return np.array([_checked_weight(action, named.get(action, 0.0)) for action in self.names], np.float64)

    def to_json(self) -> dict[str, Any]:
        """Everything as JSON can hold it."""
        presets = {name: preset._asdict() for name, preset in self.presets.items()}
        return dataclasses.asdict(self) | {"presets": presets}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "ActionSet":
        """Reads what `to_json` wrote.

        Raises:
          ValueError: it is no set of actions.
        """
        presets = {name: Preset(**preset) for name, preset in value["presets"].items()}
        lists = {name: tuple(value[name]) for name in ("names", "signs")}
        return cls(**{**value, **lists, "presets": presets})

    def _by_name(self, weights: "Mapping[str, float] | pd.Series") -> dict[str, object]:
        """A mapping's or a Series' weights by action."""
        unknown = [action for action in weights.keys() if action not in self.names]  # noqa: SIM118 - a Series iterates values
        if unknown:
            actions = ", ".join(self.names)
            raise ValueError(f"Unknown action {shown(unknown[0])} in the weights: the actions are {actions}.")
        named = dict(weights.items())
        if len(named) != len(weights):
            raise ValueError("The weights name an action more than once: give each action one weight.")
        return named

    def _by_place(self, weights: object) -> dict[str, object]:
        """An array's weights by action."""
        array = check_array(weights, what="The weights")
        if array.shape != (len(self),):
            raise ValueError(f"Expected {len(self)} weights, one for each action, got an array of shape {array.shape}.")
        entries = weights if isinstance(weights, list | tuple) else array.tolist()
        return dict(zip(self.names, entries, strict=True))


Weights: TypeAlias = "str | Mapping[str, float] | pd.Series | np.ndarray | None"


def check_signs(names: Sequence[str], signs: Sequence[int]) -> None:
    """Raises a ValueError unless these are names of actions, with a sign for each."""
    _check_names(names)
    if len(signs) != len(names) or any(type(sign) is not int or abs(sign) != 1 for sign in signs):
        raise ValueError(f"Each of the {len(names)} actions needs a sign, 1 or -1, got {shown(signs)}.")


def _check_names(names: Sequence[str]) -> None:
    if not 1 <= len(names) <= MOST_ACTIONS:
        raise ValueError(f"A world has 1 to {MOST_ACTIONS} actions, got {len(names)}.")
    for name in names:
        if not isinstance(name, str) or not _NAME.fullmatch(name) or name in RESERVED_NAMES:
            raise ValueError(
                f"An action's name is a word of up to 40 letters, digits, _ and -, and none of "
                f"{', '.join(RESERVED_NAMES)}, got {shown(name)}."
            )
    if len(set(names)) != len(names):
        twice = next(name for name in names if list(names).count(name) > 1)
        raise ValueError(f"The action {shown(twice)} is named more than once: each needs a name of its own.")


def _tell_apart(labels: Mapping[str, str]) -> dict[str, str]:
    """Labels by name, each with the name in brackets behind it if another is called the same.

    A label that looks like another's with brackets gets its own, and no name has brackets in it: all are different.
    """
    bracketed = {name: f"{label} ({name})" for name, label in labels.items()}
    times = collections.Counter([*labels.values(), *bracketed.values()])
    return {name: bracketed[name] if times[label] > 1 and label != name else label for name, label in labels.items()}


def _checked_weight(action: str, value: object) -> float:
    number = value.item() if isinstance(value, np.generic) else value
    if not is_real(value) or not (isinstance(number, int) or math.isfinite(number)):
        raise ValueError(
            f"The weight of {action} must be a finite number, got {shown(value)}: give a number such as 0.5."
        )
    if not -MAX_WEIGHT <= number <= MAX_WEIGHT:
        raise ValueError(
            f"The weight of {action} must lie between -{MAX_WEIGHT:.0f} and {MAX_WEIGHT:.0f}, got {shown(value)}."
        )
    return float(number)


POSITIVE_ACTIONS = (
    "favorite",
    "reply",
    "retweet",
    "quote",
    "click",
    "profile_click",
    "video_view",
    "photo_expand",
    "share",
    "dwell",
    "follow_author",
)
NEGATIVE_ACTIONS = ("not_interested", "block_author", "mute_author", "report")


def _preset(**weights: float) -> Preset:
    return Preset({action: float(weights.get(action, 0.0)) for action in POSITIVE_ACTIONS + NEGATIVE_ACTIONS})


def _published(given: PublishedWeights) -> Preset:
    return _preset(**given.weights)._replace(published=given.date, source=given.source, left_out=given.left_out)


X_ACTIONS = ActionSet(
    names=POSITIVE_ACTIONS + NEGATIVE_ACTIONS,
    signs=(1,) * len(POSITIVE_ACTIONS) + (-1,) * len(NEGATIVE_ACTIONS),
    target=POSITIVE_ACTIONS.index("favorite"),
    default_preset="x_2026",
    presets={
        "x_2026_09": _published(X_2026_09),
        "x_2026": _published(X_2026_08),
        "x_2023": _published(X_2023),
        "likes_only": _preset(favorite=1),
        "conversation": _preset(reply=10, quote=8, favorite=0.5, not_interested=-40, block_author=-60, report=-200),
        "discovery": _preset(
            follow_author=20, profile_click=4, click=0.5, share=2, favorite=0.2, not_interested=-40, mute_author=-60
        ),
        "no_negatives": _preset(**{a: w for a, w in X_2026_08.weights.items() if a not in NEGATIVE_ACTIONS}),
    },
)

# The synthetic world's actions under names of their own, for code that means that world and no other.
ACTIONS = X_ACTIONS.names
NUM_ACTIONS = len(X_ACTIONS)
FAVORITE = X_ACTIONS.target
SIGNS = np.array(X_ACTIONS.signs)
DEFAULT_PRESET = X_ACTIONS.default_preset
PRESETS = X_ACTIONS.presets
resolve_weights = X_ACTIONS.resolve_weights
