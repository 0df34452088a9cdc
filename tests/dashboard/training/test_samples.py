"""The view of samples: each square, and what it says of a batch, computed from its scene alone."""

import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.training.scene import SamplesScene
from dashboard.training.views import samples
from dashboard.view import Text
from dashboard.words import MINUS, NARROW_SPACE
from phoenix.actions import FAVORITE
from phoenix.training.data import Rates
from phoenix.training.session import take_batch
from phoenix.training.terms import ranker_terms, retrieval_terms
from tests.dashboard.training.test_views import whole

USER = 17


@pytest.fixture(scope="module")
def batch(recommender):
    rates = Rates(np.linspace(-14, -8, recommender.world.num_posts, dtype=np.float32), np.full(15, 0.1))
    return take_batch(recommender, USER, rates=rates)


@pytest.fixture
def samples_scene(recommender, batch):
    def make(objective: str = "retrieval", *, cell: int = 0, log_q: bool = True) -> SamplesScene:
        def terms(corrected: bool):
            return retrieval_terms(
                batch.vectors,
                batch.candidates,
                favorites=batch.labels[:, :, FAVORITE].astype(np.float32),
                log_q=batch.log_q if corrected else np.zeros_like(batch.log_q),
                temperature=batch.temperature,
                user=0,
            )

        retrieval = objective == "retrieval"
        labels = batch.labels[0].astype(np.float32)
        return SamplesScene(
            batch=batch,
            world=recommender.world,
            objective=objective,
            row=0,
            cell=cell,
            log_q=log_q,
            terms=terms(log_q) if retrieval else None,
            plain=terms(not log_q) if retrieval else None,
            action_terms=None
            if retrieval
            else ranker_terms(batch.logits[0], labels, action_weights=batch.action_weights),
            handles=tuple(f"@{handle}" for handle in recommender.world.users["handle"].loc[batch.users]),
            language="en",
        )

    return make


def said(view) -> str:
    return " ".join(block.text for block in view.blocks if isinstance(block, Text))


def test_every_post_of_the_batch_is_a_square_and_stars_are_the_likes(samples_scene, batch, language):
    shown = samples.view(samples_scene())
    whole(shown)
    positive, own_session, others, ring = shown.figure.data
    assert sorted([*positive.customdata, *own_session.customdata, *others.customdata]) == list(range(batch.posts.size))
    assert list(positive.customdata) == np.flatnonzero(batch.labels[0, :, FAVORITE]).tolist()
    assert len(own_session.x) == batch.posts.shape[1] - len(positive.x)
    assert list(ring.customdata) == [0]


def test_the_selected_post_is_explained_by_its_kind_and_its_numbers(samples_scene, batch):
    liked = int(np.flatnonzero(batch.labels[0, :, FAVORITE])[0])
    left = int(np.flatnonzero(~batch.labels[0, :, FAVORITE])[0])
    scene = samples_scene(cell=liked)
    assert f"**{scene.terms.terms[liked]:.3f}**" in said(samples.view(scene))
    assert "A negative within the session" in said(samples.view(samples_scene(cell=left)))
    text = said(samples.view(samples_scene(cell=batch.posts.shape[1] + 3)))
    assert "An in-batch negative" in text
    assert scene.handles[1] in text


@given(st.floats(-1, 1), st.floats(0.01, 1), st.floats(-14, 0))
def test_the_sum_of_a_logit_adds_up_as_it_is_written(similarity, temperature, log_q):
    written = samples._sum(similarity, temperature, log_q)
    numbers = {name: float(text.replace(MINUS, "-").replace(NARROW_SPACE, "")) for name, text in written.items()}
    assert numbers["scaled"] == pytest.approx(numbers["similarity"] / numbers["temperature"], abs=0.00501)
    assert numbers["logit"] == pytest.approx(numbers["scaled"] - numbers["log_q"], abs=1e-6)


def test_log_q_moves_the_same_shares_whichever_side_one_looks_from(samples_scene):
    assert samples.view(samples_scene(log_q=True)).notices[2] == samples.view(samples_scene(log_q=False)).notices[2]


@pytest.mark.parametrize("cell", [0, 16 * 3 + 2])
def test_the_rankers_squares_are_actions_by_posts(samples_scene, batch, language, cell):
    shown = samples.view(samples_scene("ranker", cell=cell))
    whole(shown)
    taken, left, _ = shown.figure.data
    assert len(taken.x) == batch.labels[0].sum()
    assert len(taken.x) + len(left.x) == batch.labels[0].size


def with_labels(scene: SamplesScene, labels: np.ndarray) -> SamplesScene:
    """The same session, of which the ranker is told something else."""
    terms = ranker_terms(scene.batch.logits[0], labels.astype(np.float32), action_weights=scene.batch.action_weights)
    told = np.concatenate([labels[None], scene.batch.labels[1:]])
    return dataclasses.replace(scene, batch=scene.batch._replace(labels=told), action_terms=terms)


@pytest.mark.parametrize(
    ("share", "impressions", "expected"),
    [(0.0, True, "none was taken"), (0.1, True, "these few"), (1.0, True, "they carry"), (1.0, False, "draws posts")],
)
def test_what_was_taken_is_called_few_only_where_it_is(samples_scene, share, impressions, expected):
    scene = samples_scene("ranker")
    labels = np.zeros(scene.batch.labels.shape[1:], bool)
    labels.flat[: round(share * labels.size)] = True
    scene = dataclasses.replace(
        with_labels(scene, labels), world=SimpleNamespace(knows=lambda what: what != "impressions" or impressions)
    )
    assert expected in samples._ranker_notices(scene, [str(i) for i in range(15)])[0]


def test_actions_of_one_weight_are_not_said_to_weigh_more_and_less(samples_scene):
    scene = samples_scene("ranker")
    scene = dataclasses.replace(
        scene, batch=scene.batch._replace(action_weights=np.linspace(1, 2, 15, dtype=np.float32))
    )
    even = dataclasses.replace(
        scene, batch=scene.batch._replace(action_weights=np.linspace(1, 1.01, 15, dtype=np.float32))
    )
    assert len(samples._ranker_notices(scene, [str(i) for i in range(15)])) == 3
    assert len(samples._ranker_notices(even, [str(i) for i in range(15)])) == 2


def test_a_batch_without_positives_has_no_mean_over_them(samples_scene):
    scene = samples_scene()
    nobody = dataclasses.replace(
        scene,
        batch=scene.batch._replace(labels=np.zeros_like(scene.batch.labels)),
        terms=scene.terms._replace(loss=0.0, positives=0, terms=np.full_like(scene.terms.terms, np.nan)),
    )
    assert "No post of this batch is a positive" in samples.view(nobody).notices[1]


def test_where_all_posts_are_shown_equally_often_none_is_said_to_be_shown_most(samples_scene):
    scene = samples_scene()
    even = dataclasses.replace(scene, batch=scene.batch._replace(log_q=np.full_like(scene.batch.log_q, -5.0)))
    assert "times as often as the least shown" in " ".join(samples.view(scene).notices)
    assert "times as often as the least shown" not in " ".join(samples.view(even).notices)


def test_a_negative_that_takes_all_of_the_softmax_is_explained(samples_scene):
    left = int(np.flatnonzero(~samples_scene().batch.labels[0, :, FAVORITE])[0])
    scene = samples_scene(cell=left)
    shares = np.zeros_like(scene.terms.shares)
    shares[0, left] = 1.0
    shown = samples.view(dataclasses.replace(scene, terms=scene.terms._replace(shares=shares)))
    assert "A negative within the session" in said(shown)
