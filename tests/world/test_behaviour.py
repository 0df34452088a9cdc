"""True probabilities: each action has causes of its own, at the base rates that are documented."""

import numpy as np
import pytest

from phoenix.actions import ACTIONS, NEGATIVE_ACTIONS, NUM_ACTIONS, PRESETS
from phoenix.world import World
from phoenix.world.behaviour import (
    BASE_RATES,
    DISLIKE_CEILING,
    FORMAT_EFFECTS,
    LOADINGS,
    PERSONA_EFFECTS,
    SURFACE_EFFECTS,
    SURFACES,
    Impressions,
    follows_author,
    true_logits,
)
from phoenix.world.catalog import FORMATS, PERSONAS

# Behind the stretch from which the intercepts are solved.
START = 5_000


@pytest.fixture(scope="module")
def world() -> World:
    return World.generate(seed=5, num_posts=20_000, num_users=2_000, num_authors=1_000)


@pytest.fixture(scope="module")
def logged(world: World) -> Impressions:
    return world.stream.show(np.arange(2_000), START, count=32)


@pytest.fixture(scope="module")
def truth(world: World, logged: Impressions) -> np.ndarray:
    return world.probabilities(logged).reshape(-1, NUM_ACTIONS)


def change(world: World, logged: Impressions, *, users=None, posts=None, surfaces=None) -> np.ndarray:
    """Difference of the logits when some columns are replaced; [n, A]."""
    shown = logged if surfaces is None else logged._replace(surfaces=np.full_like(logged.surfaces, surfaces))
    after = true_logits(
        shown,
        users=world.user_columns._replace(**(users or {})),
        posts=world.post_columns._replace(**(posts or {})),
        intercepts=world.intercepts,
    )
    before = true_logits(logged, users=world.user_columns, posts=world.post_columns, intercepts=world.intercepts)
    return (after - before).reshape(-1, NUM_ACTIONS)


def column(action: str) -> int:
    return ACTIONS.index(action)


def test_probabilities_lie_strictly_between_0_and_1(truth):
    assert np.isfinite(truth).all()
    assert truth.min() > 0
    assert truth.max() < 1


@pytest.mark.parametrize("action", ACTIONS)
def test_logged_impressions_meet_the_base_rate(truth, action):
    assert truth[:, column(action)].mean() == pytest.approx(BASE_RATES[action], rel=0.15)


def test_base_rates_are_plausible():
    ranges = {
        "favorite": (0.05, 0.15), "reply": (0.01, 0.04), "click": (0.10, 0.25), "dwell": (0.20, 0.40),
        "not_interested": (0.002, 0.005), "block_author": (0.0005, 0.002), "mute_author": (0.0005, 0.002),
        "report": (0.0002, 0.001),
    }  # fmt: skip
    for action, (low, high) in ranges.items():
        assert low <= BASE_RATES[action] <= high, action


def test_negative_mass_under_the_2026_preset_matters_without_drowning_the_positive(truth):
    weights = np.array([PRESETS["x_2026"].weights[action] for action in ACTIONS])
    mass = truth.mean(axis=0) * weights
    assert 0.20 <= -mass[mass < 0].sum() / mass[mass > 0].sum() <= 0.60


def test_controversy_alone_raises_reports_and_lowers_favorites(world, logged):
    calm = {"taste": np.zeros_like(world.user_columns.taste)}
    hotter = world.post_columns.controversy + 1
    moved = change(world, logged, users=calm, posts={"controversy": hotter}) - change(world, logged, users=calm)
    assert (moved[:, column("report")] > 0.5).all()
    assert (moved[:, column("reply")] > 0.1).all()
    assert (moved[:, column("favorite")] < -0.1).all()
    np.testing.assert_allclose(moved[:, column("photo_expand")], 0, atol=1e-5)


def test_taste_decides_how_controversy_is_received(world, logged):
    number = len(world.user_columns.taste)
    hot = {"controversy": np.ones_like(world.post_columns.controversy)}
    lover = change(world, logged, users={"taste": np.full(number, 1, np.float32)}, posts=hot)
    hater = change(world, logged, users={"taste": np.full(number, -1, np.float32)}, posts=hot)
    assert (lover[:, column("reply")] > hater[:, column("reply")]).all()
    assert (lover[:, column("block_author")] < hater[:, column("block_author")]).all()


def test_quality_alone_moves_each_action_by_its_own_loading(world, logged):
    moved = change(world, logged, posts={"quality": world.post_columns.quality + 2})
    expected = [2 * LOADINGS[action][2] for action in ACTIONS]
    np.testing.assert_allclose(moved, np.broadcast_to(expected, moved.shape), atol=1e-4)


def test_following_makes_favorites_likelier_and_a_follow_less_so(world, logged):
    nobody = {"follows": np.full_like(world.user_columns.follows, -1)}
    unfollowed = change(world, logged, users=nobody)
    followed = follows_author(
        world.user_columns, user_ids=logged.users, author_ids=world.post_columns.author[logged.posts]
    ).ravel()
    assert 0.2 < followed.mean() < 0.8
    np.testing.assert_allclose(unfollowed[~followed], 0, atol=1e-6)
    assert (unfollowed[followed, column("favorite")] < 0).all()
    assert (unfollowed[followed, column("follow_author")] > 0).all()


def test_more_interest_raises_positive_actions_and_negative_ones_know_dislike_alone(world, logged):
    keen = {"interests": np.maximum(world.user_columns.interests, DISLIKE_CEILING)}
    base = change(world, logged, users=keen)
    more = change(world, logged, users={"interests": keen["interests"] + 1}) - base
    negative = [column(action) for action in NEGATIVE_ACTIONS]
    positive = [a for a in range(NUM_ACTIONS) if a not in negative]
    assert (more[:, positive] > 1).all()
    np.testing.assert_allclose(more[:, negative], 0, atol=1e-5)
    averse = change(world, logged, users={"interests": keen["interests"] - 2})
    assert (averse[:, negative] > base[:, negative]).all()


@pytest.mark.parametrize(("action", "fmt"), [("video_view", "video"), ("photo_expand", "photo")])
def test_media_actions_need_their_medium(world, logged, truth, action, fmt):
    formats = world.post_columns.format[logged.posts].ravel()
    on_medium = formats == FORMATS.index(fmt)
    assert truth[on_medium, column(action)].mean() > 20 * truth[~on_medium, column(action)].mean()


@pytest.mark.parametrize("surface", SURFACES)
def test_each_surface_moves_the_logits_by_its_table(world, logged, surface):
    home = logged._replace(surfaces=np.zeros_like(logged.surfaces))
    moved = change(world, home, surfaces=SURFACES.index(surface))
    expected = [SURFACE_EFFECTS[surface].get(action, 0.0) for action in ACTIONS]
    np.testing.assert_allclose(moved, np.broadcast_to(expected, moved.shape), atol=1e-5)


def test_no_action_is_a_shift_of_another(truth):
    logits = np.log(truth / (1 - truth))
    correlation = np.corrcoef(logits.T)
    np.fill_diagonal(correlation, 0)
    assert np.abs(correlation).max() < 0.97


def test_the_tables_name_every_action_format_persona_and_surface_once():
    assert set(LOADINGS) == set(FORMAT_EFFECTS) == set(BASE_RATES) == set(ACTIONS)
    assert tuple(PERSONA_EFFECTS) == PERSONAS
    assert tuple(SURFACE_EFFECTS) == SURFACES
    for table in (PERSONA_EFFECTS, SURFACE_EFFECTS):
        assert all(set(row) <= set(ACTIONS) for row in table.values())
