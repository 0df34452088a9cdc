"""Scenes of the Retrieval page, made without a page."""

import pytest

from dashboard.resources import Subject
from dashboard.retrieval import measured
from dashboard.retrieval.index import work
from dashboard.retrieval.scene import CandidateScene, QualityScene, Scene, TowersScene, widen

USER = 17


@pytest.fixture
def scene(recommender):
    """Makes a scene; any of its values can be another: `scene(k=50, history=…)`."""

    def make(*, k: int = 200, user: int = USER, language: str = "en", **changed) -> Scene:
        found = recommender.retrieve(user, k=k)
        values = {
            "user": user,
            "found": found,
            "from_cache": False,
            "post": int(found.post_ids[0]),
            "history": recommender.history(user),
            "favorite": measured.true_favorite(user),
            "vector": recommender.embed_user(user),
            "corpus": recommender.corpus_embeddings,
            "world": recommender.world,
            "language": language,
        }
        return Scene(**{**values, **changed})

    return make


@pytest.fixture
def candidate_scene(scene):
    """Makes the scene of a candidate."""

    def make(**changed) -> CandidateScene:
        made = scene(**changed)
        left_out = None if made.history.empty else measured.left_out_vectors(Subject(made.user))
        return widen(made, CandidateScene, left_out=left_out)

    return make


@pytest.fixture
def towers_scene(scene):
    """Makes the scene of the two towers."""

    def make(*, stage: str = "dot", **changed) -> TowersScene:
        made = scene(**changed)
        user, post = measured.tower_stages(Subject(made.user), made.post)
        return widen(made, TowersScene, user_stages=user, post_stages=post, stage=stage)

    return make


@pytest.fixture
def quality_scene(scene, recommender):
    """Makes the scene of the judge."""

    def make(*, people: str = "user", measure: str = "probability", cutoff: str = "100", **changed) -> QualityScene:
        more = {
            "metrics": recommender.metrics,
            "judged": measured.judged_user(Subject(USER)) if people == "user" else None,
        }
        more |= {name: changed.pop(name) for name in ("metrics", "judged") if name in changed}
        return widen(scene(**changed), QualityScene, measure=measure, people=people, cutoff=cutoff, **more)

    return make


@pytest.fixture
def in_folder(monkeypatch, tmp_path) -> None:
    """Indexes are kept in a folder of this test."""
    monkeypatch.setattr(work, "cache_folder", lambda: tmp_path)
