"""The pipeline's settings, in the address and as the session has them."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import pipeline
from dashboard.pipeline_text import (
    CHOICES,
    LONGEST_MUTED,
    MOST_HOURS,
    MOST_MUTED,
    SWITCHES,
    UnusableSettingsError,
    clean_word,
    from_text,
    to_text,
)
from phoenix.actions import ACTIONS
from phoenix.logged_actions import logged_actions
from phoenix.pipeline import OFF, PipelineSettings, check_settings, suggest_settings
from phoenix.pipeline.settings import MOST_IN_NETWORK, MOST_POOL
from phoenix.scoring import RELEASE
from tests.logged import LoggedWorld

WORDS = st.text(string.ascii_letters + " %,:~+&=红猫é", min_size=1, max_size=50).map(clean_word).filter(bool)


@pytest.fixture
def world(recommender):
    return recommender.world


@pytest.fixture
def start(world):
    return suggest_settings(world)


def test_what_the_world_starts_with_leaves_the_address_silent(world, start):
    assert to_text(start._replace(score=RELEASE._replace(decay=0.3)), start=start, world=world) == ""


def test_text_names_what_differs(world, start):
    changed = start._replace(in_network=0, drop_history=False, oldest_hours=None, muted_topics=(3, 1), theta=0.4)
    text = "drop_history:off,in_network:0,oldest_hours:any,theta:0.4,muted_topics:3~1"
    assert to_text(changed, start=start, world=world) == text
    assert from_text(text, start=start, world=world) == changed


def test_every_stage_off_is_one_word(world, start):
    assert to_text(OFF, start=start, world=world) == "off"
    assert from_text("off", start=start, world=world) == OFF


@given(
    st.builds(
        PipelineSettings,
        use_retrieval=st.booleans(),
        in_network=st.integers(0, MOST_IN_NETWORK),
        oldest_hours=st.none() | st.floats(0, MOST_HOURS),
        drop_history=st.booleans(),
        drop_served=st.booleans(),
        drop_blocked=st.booleans(),
        blocking=st.lists(st.sampled_from(ACTIONS), unique=True).map(tuple),
        muted_topics=st.lists(st.integers(0, 23), unique=True).map(tuple),
        muted_words=st.lists(WORDS, unique=True, max_size=MOST_MUTED).map(tuple),
        theta=st.floats(0, 1),
        pool=st.integers(1, MOST_POOL),
        explore=st.floats(0, 1),
        score=st.just(RELEASE),
        **{name: st.sampled_from(allowed) for name, allowed in CHOICES.items()},
    )
)
def test_text_is_read_as_it_was_written_and_can_be_used(recommender, settings):
    known = {"start": suggest_settings(recommender.world), "world": recommender.world}
    text = to_text(settings, **known)
    assert (from_text(text, **known) if text else known["start"]) == settings
    check_settings(settings, world=recommender.world)


@pytest.mark.parametrize("sign", ["%", ",", "~", "é", "红"])
def test_all_that_can_be_set_at_once_is_read_again(sign):
    names = [f"{i:02}{'_' * 38}" for i in range(64)]
    world = LoggedWorld(logged_actions(names, signs=[-1] * 64, rates=[0.1] * 64))
    world.topic_names = lambda language: ("topic",) * 100_000
    start = suggest_settings(world)
    full = start._replace(
        **{name: not getattr(start, name) for name in SWITCHES},
        **{"in_network": MOST_IN_NETWORK, "pool": MOST_POOL, "oldest_hours": 1234.567890123},
        **{"theta": 0.123456789, "explore": 0.987654321, "diversity": "mmr", "explore_by": CHOICES["explore_by"][-1]},
        blocking=tuple(names),
        muted_topics=tuple(range(99_900, 100_000)),
        muted_words=tuple(f"{i:02}{sign * (LONGEST_MUTED - 2)}" for i in range(MOST_MUTED)),
    )
    assert from_text(to_text(full, start=start, world=world), start=start, world=world) == full


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "on",
        "off,theta:0.4",
        "theta:1.01",
        "theta:nan",
        "theta:-0.1",
        "theta:1e999",
        "explore:",
        "in_network:801",
        "in_network:1.5",
        "in_network:-1",
        "pool:0",
        "oldest_hours:-1",
        "oldest_hours:inf",
        "diversity:best",
        "drop_served:yes",
        "muted_topics:99",
        "muted_topics:1~1",
        "muted_words:~",
        "muted_words:%20",
        "blocking:hug",
        "score:off",
        "muted_words:" + "~".join(f"w{i}" for i in range(MOST_MUTED + 1)),
        "x" * 9_000,
    ],
)
def test_nonsense_is_refused(world, start, text):
    with pytest.raises(UnusableSettingsError):
        from_text(text, start=start, world=world)


def test_callbacks_change_what_the_address_says(monkeypatch, start):
    values = {"stages": "decay:0.3"}
    monkeypatch.setattr(pipeline.state, "given", values.get)
    monkeypatch.setattr(pipeline.state, "put", lambda name, text: values.update({name: text}))
    assert pipeline.present() == start._replace(score=RELEASE._replace(decay=0.3))
    pipeline.change(theta=0.2)
    assert values["pipeline"] == "theta:0.2"
    assert pipeline.is_changed(pipeline.present())
    pipeline.change(theta=start.theta)
    assert values["pipeline"] is None
    assert not pipeline.is_changed(pipeline.present())
