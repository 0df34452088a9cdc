"""Scenes of the User page, made without a page."""

from typing import Any

import pytest

from dashboard.user import measured
from dashboard.user.scene import ChangeScene, Scene, WhatIfScene, widen
from dashboard.weighting import of_preset
from phoenix.actions import X_ACTIONS
from phoenix.analysis import edits
from phoenix.analysis.changes import Changes, compare
from phoenix.analysis.edits import Edit

USER, HELD_OUT = 17, 409


@pytest.fixture
def make(recommender):
    """Makes a scene: `make(Scene)`, `make(WhoScene, by=…, usual=…)`, by an edit."""

    def maker(kind: type[Scene] = Scene, *, user: int = USER, by: Edit | None = None, **more: Any) -> Scene:
        history = recommender.history(user) if by is None else edits.apply(recommender, by)
        scene = Scene(
            user_id=user,
            edited=by is not None,
            history=history,
            made=recommender.recommend(user, history=history),
            weighting=of_preset("x_2026", actions=X_ACTIONS),
            world=recommender.world,
            language="en",
        )
        return scene if kind is Scene else widen(scene, kind, **more)

    return maker


@pytest.fixture
def changes_of(recommender):
    """What an edit changes."""

    def changer(edit: Edit) -> Changes:
        history = edits.apply(recommender, edit)
        both = (recommender.recommend(edit.user_id), recommender.recommend(edit.user_id, history=history))
        vectors = (recommender.embed_user(edit.user_id), recommender.embed_user(edit.user_id, history))
        return compare(*both, vectors=vectors, world=recommender.world)

    return changer


@pytest.fixture
def change_scene(make, changes_of):
    """The scene of an edit and what it changes, of any kind."""

    def maker(kind: type[ChangeScene], edit: Edit, **more: Any) -> ChangeScene:
        given = {"edit": edit, "changes": changes_of(edit), "usual_degrees": measured.usual_degrees(), **more}
        return make(kind, user=edit.user_id, by=None if issubclass(kind, WhatIfScene) else edit, **given)

    return maker
