"""What the views of the User page are about: a user, the history that the models know, the feed that they make of it.

Every view's scene is a `Scene`, some with more in it. A `read…` function draws the controls of a view and asks for
what it shows.
"""

import dataclasses
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import controls, edits, resources, state, weighting
from dashboard.locale import t
from dashboard.resources import Subject
from dashboard.user import editor, guesses, measured
from dashboard.weighting import Weighting
from phoenix.analysis import edits as library
from phoenix.analysis.changes import TOP, Changes, compare
from phoenix.analysis.edit_text import to_text
from phoenix.analysis.edits import Edit

if TYPE_CHECKING:
    from phoenix.serving import Recommendation
    from phoenix.world import AnyWorld


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class Scene:
    """A user as the models know one.

    Attributes:
      user_id: whose history it is, and whose truth.
      edited: whether the history is not the real one.
      history: as the models are asked about it, oldest first.
      made: the feed that they make of it, under the session's weights.
      weighting: these weights.
      world: knows the truth.
      language: of the texts.
    """

    user_id: int
    edited: bool
    history: pd.DataFrame
    made: "Recommendation"
    weighting: Weighting
    world: "AnyWorld"
    language: str

    @property
    def best(self) -> np.ndarray:
        """The best posts of the feed: `TOP` of them, fewer in a world of fewer."""
        return self.made.feed[:TOP]


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class WhoScene(Scene):
    """The truth beside the history; `usual` is how often each action is taken on any history's rows, [A]."""

    usual: np.ndarray


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class HistoryScene(Scene):
    """The history beside the feed.

    Attributes:
      place: of the selected row, from 1; None without a history.
      without: what leaving that row out would change.
    """

    place: int | None
    without: Changes | None


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class ChangeScene(Scene):
    """A feed before and after.

    Attributes:
      edit: what is done to the history.
      changes: what that does; None while it is not to be told.
      usual_degrees: the mean angle between two users, to hold the turn of this one's vector against.
    """

    edit: Edit
    changes: Changes | None
    usual_degrees: float


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class WhatIfScene(ChangeScene):
    """A prepared question.

    Attributes:
      name: which one, of `measured.WHAT_IFS`.
      topic: the strange one, None where no topics are known.
      contrast: what tells why, see `measured.contrast`; None before the guess.
      guess: how many of the best posts the visitor thinks will be new; None before the guess.
    """

    name: str
    topic: int | None
    contrast: float | None
    guess: int | None


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class EditScene(ChangeScene):
    """The history as it is edited; `place` of the selected row is from 1, None without one."""

    place: int | None


S = TypeVar("S", bound=Scene)


def widen(scene: Scene, kind: type[S], **more: Any) -> S:
    """The same scene with more in it."""
    return kind(**vars(scene), **more)


def read(who: Subject | None = None) -> Scene:
    """The user, the history and the feed, by default those of the session."""
    who, chosen = who or resources.subject(), weighting.read()
    with st.spinner(t("common.computing")):
        return Scene(
            user_id=who.user_id,
            edited=bool(who.edit),
            history=resources.history(who),
            made=resources.recommend(who, weighting=chosen).result,
            weighting=chosen,
            world=resources.recommender().world,
            language=state.language(),
        )


def read_who() -> WhoScene:
    """The scene of the truth and the history."""
    return widen(read(), WhoScene, usual=measured.usual_rates())


def read_history() -> HistoryScene:
    """The scene of the history and the feed; a row is selected by a click on it."""
    scene = read()
    place = editor.read_place(len(scene.history), drawn=False)
    if place is None:
        return widen(scene, HistoryScene, place=None, without=None)
    shorter = library.change(resources.recommender(), edits.present(), how=editor.removal(place))
    with st.spinner(t("common.computing")):
        return widen(scene, HistoryScene, place=place, without=_changes(resources.subject(), shorter, scene.weighting))


def read_what_if() -> WhatIfScene:
    """The scene of a prepared question about the real history; the guess comes before the answer."""
    user = state.user_id()
    scene = read(Subject(user))
    name = guesses.read_question(user)
    edit, guess = measured.what_if(user, name), guesses.read_guess(user, name, top=len(scene.best))
    asked = {"name": name, "topic": measured.strange_topic(user), "guess": guess, "contrast": None}
    changes = None
    if guess is not None:
        guesses.offer(edit, user, name)
        with st.spinner(t("common.computing")):
            changes, asked["contrast"] = _changes(Subject(user), edit, scene.weighting), measured.contrast(user, name)
    return widen(scene, WhatIfScene, edit=edit, changes=changes, usual_degrees=measured.usual_degrees(), **asked)


def read_edit() -> EditScene:
    """The scene of free editing, with its tools."""
    scene, edit = read(), edits.present()
    place = editor.tools(scene)
    with st.spinner(t("common.computing")):
        changes = _changes(Subject(scene.user_id), edit, scene.weighting)
    return widen(scene, EditScene, edit=edit, changes=changes, usual_degrees=measured.usual_degrees(), place=place)


def _changes(before: Subject, edit: Edit, chosen: Weighting) -> Changes:
    both = (before, Subject(before.user_id, to_text(edit)))
    made = [resources.recommend(who, weighting=chosen).result for who in both]
    vectors = tuple(measured.user_vector(who) for who in both)
    return compare(*made, vectors=vectors, world=resources.recommender().world)


def choose_row(place: object) -> None:
    """Selects the row on which the visitor has clicked, if it was one."""
    if place is not None:
        controls.put(editor.ROW, int(place[0] if isinstance(place, list) else place))
