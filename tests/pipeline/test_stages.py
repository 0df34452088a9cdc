"""Sources and filters: what comes in, what goes out, why, and that the counts add up."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phoenix.pipeline import OFF, SOURCES, STAGES, Candidates, check_settings, lacking, run_stages, suggest_settings
from tests.logged import LoggedWorld
from tests.pipeline.conftest import USER, make_context

FILTERS = ("oldest_hours", "drop_history", "drop_served", "drop_blocked", "muted_topics", "muted_words")


def run(context, **settings):
    return run_stages(context, check_settings(OFF._replace(**settings), world=context.world))[0]


def step(feed, stage):
    return next(one for one in feed.steps if one.stage == stage)


def strict(context):
    """Every filter on, at settings that take something out of this context."""
    world, found = context.world, context.retrieved
    word = world.post_text(found[3:4], "en")[0].split()[0].strip('.,!?"')
    history = context.history._replace(posts=context.history.posts.copy(), actions=context.history.actions.copy())
    history.posts[:2], history.actions[1, world.actions.index("mute_author")] = found[:2], True
    settings = OFF._replace(
        oldest_hours=60.0,
        drop_history=True,
        drop_served=True,
        drop_blocked=True,
        muted_topics=(int(world.topic_of_post[found[5]]),),
        muted_words=(word,),
    )
    return context._replace(history=history, served=found[10:14]), settings


def test_with_all_off_the_found_posts_are_ranked_scored_and_nothing_else(context):
    feed, seconds = run_stages(context, OFF)
    np.testing.assert_array_equal(feed.posts, context.retrieved)
    np.testing.assert_array_equal(feed.order, feed.scores.order)
    assert set(seconds) == {"retrieval", "rank", "score"}
    assert [one.stage for one in feed.steps] == ["retrieval"]


def test_followed_authors_newest_posts_come_beside_what_was_found(context):
    world = context.world
    feed = run(context, in_network=30)
    mine = np.flatnonzero(world.follows_authors_of(USER, np.arange(world.num_posts)))
    ages = world.post_columns.age_hours
    expected = mine[np.argsort(ages[mine], kind="stable")[:30]]
    brought = feed.posts[feed.sources[:, SOURCES.index("in_network")]]
    assert set(brought) == set(expected)
    assert (np.diff(ages[step(feed, "in_network").added]) >= 0).all()


def test_a_post_of_two_sources_stands_once_and_names_both(context):
    mine = np.flatnonzero(context.world.follows_authors_of(USER, np.arange(context.world.num_posts)))
    newest = mine[np.argsort(context.world.post_columns.age_hours[mine], kind="stable")[:10]]
    feed = run(context._replace(retrieved=newest[:4]), in_network=10)
    assert sorted(feed.posts) == sorted(newest)
    assert feed.sources.sum(axis=1).tolist() == [2] * 4 + [1] * 6
    assert (step(feed, "in_network").again, len(step(feed, "in_network").added)) == (4, 6)


def test_either_source_can_be_switched_off(context):
    only = run(context, use_retrieval=False, in_network=15)
    assert len(only.posts) == 15
    assert not only.sources[:, 0].any()
    nothing = run(context, use_retrieval=False)
    assert len(nothing.posts) == len(nothing.order) == 0


def test_every_filter_takes_out_what_it_is_for_and_says_why(context):
    context, settings = strict(context)
    world, feed = context.world, run_stages(context, settings)[0]
    old = step(feed, "oldest_hours")
    np.testing.assert_allclose(old.because, world.post_columns.age_hours[old.gone])
    assert (old.because > 60).all()
    known = step(feed, "drop_history")
    assert set(known.gone) <= set(context.history.posts)
    shown = step(feed, "drop_served")
    assert [int(context.served[-int(ago)]) for ago in shown.because] == shown.gone.tolist()
    blocked = step(feed, "drop_blocked")
    muted_author = world.author_of_post[context.history.posts[1]]
    assert muted_author not in world.author_of_post[feed.posts]
    assert set(blocked.because) <= {len(context.history.posts[context.history.posts >= 0]) - 1}
    assert not np.isin(world.topic_of_post[feed.posts], settings.muted_topics).any()
    assert (step(feed, "muted_topics").because == settings.muted_topics[0]).all()
    assert not any(settings.muted_words[0] in text.split() for text in world.post_text(feed.posts, "en"))


def test_counts_add_up_and_the_order_is_kept(context):
    context, settings = strict(context)
    feed = run_stages(context, settings._replace(in_network=25))[0]
    count = 0
    for one in feed.steps:
        assert one.before == count
        assert len(one.gone) == len(one.because)
        count = one.after
    assert count == len(feed.posts) == len(feed.order)
    came = np.concatenate([one.added for one in feed.steps])
    gone = np.concatenate([one.gone for one in feed.steps])
    assert set(feed.posts) | set(gone) == set(came)
    assert not set(feed.posts) & set(gone)
    np.testing.assert_array_equal(came[np.isin(came, feed.posts)], feed.posts)


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_twice_is_the_filter_once(context, name):
    context, settings = strict(context)
    once = STAGES[name](Candidates().join("retrieval", context.retrieved), context, settings)
    twice = STAGES[name](once, context, settings)
    np.testing.assert_array_equal(once.posts, twice.posts)
    assert len(once.steps[-1].gone)
    assert not len(twice.steps[-1].gone)


@given(st.permutations(FILTERS))
def test_filters_commute(world, names):
    context, settings = strict(make_context(world))
    feed = Candidates().join("retrieval", context.retrieved)
    for name in names:
        feed = STAGES[name](feed, context, settings)
    expected = run_stages(context, settings)[0].posts
    np.testing.assert_array_equal(feed.posts, expected)


def test_filters_that_leave_less_than_the_feed_needs_leave_what_there_is(context):
    served = context._replace(served=context.retrieved[5:])
    assert len(run(served, drop_served=True, diversity="dpp").order) == 5
    assert len(run(context, oldest_hours=0, explore=0.5, explore_by="unfamiliar", diversity="mmr").order) == 0


def test_a_thousand_served_posts_are_taken_out(context):
    served = np.random.default_rng(0).permutation(context.world.num_posts)[:1_000]
    feed = run(context._replace(served=served), drop_served=True)
    assert set(feed.posts) == set(context.retrieved) - set(served)


def test_words_stand_alone_where_letters_are_latin_and_anywhere_in_chinese(context):
    text = context.world.post_text(context.retrieved[:1], "zh")[0]
    assert context.retrieved[0] in step(run(context, muted_words=(text[2:4],)), "muted_words").gone
    half = context.world.post_text(context.retrieved[:1], "en")[0].split()[0][:2]
    posts = step(run(context, muted_words=(half,)), "muted_words").gone
    assert all(half.lower() in text.lower().replace("'", " ").split() for text in context.world.post_text(posts, "en"))


def test_a_world_that_does_not_tell_leaves_stages_out_and_is_named():
    world = LoggedWorld()
    context = make_context(world)
    everything = suggest_settings(world)._replace(muted_words=("x",), oldest_hours=40.0)
    feed = run_stages(context, check_settings(everything, world=world))[0]
    assert [one.stage for one in feed.steps] == ["retrieval", "oldest_hours", "drop_history", "drop_served"]
    assert {"in_network", "drop_blocked", "muted_topics", "muted_words", "own_posts"} <= set(lacking(world))
    hiding = everything._replace(blocking=("hide",))
    assert "drop_blocked" in [one.stage for one in run_stages(context, check_settings(hiding, world=world))[0].steps]


def test_the_synthetic_world_lacks_what_nobody_can_tell(world):
    assert set(lacking(world)) == {"own_posts", "quoted_twice", "unfit", "replies_and_reposts", "mutual"}


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"use_retrieval": 1}, "use_retrieval must be True or False, got 1"),
        ({"drop_served": "yes"}, "drop_served must be True or False"),
        ({"in_network": -1}, "in_network must be a whole number from 0 to 800, got -1"),
        ({"in_network": 10**9}, "in_network must be a whole number from 0 to 800"),
        ({"pool": 0}, "pool must be a whole number from 1 to 1000"),
        ({"oldest_hours": -1}, "oldest_hours must be a number of at least 0, or None"),
        ({"oldest_hours": float("nan")}, "oldest_hours must be a number"),
        ({"oldest_hours": "old"}, "oldest_hours must be a number"),
        ({"theta": 1.01}, "theta must lie between 0 and 1, got 1.01"),
        ({"theta": float("nan")}, "theta must lie between 0 and 1"),
        ({"explore": -0.1}, "explore must lie between 0 and 1"),
        ({"explore": None}, "explore must lie between 0 and 1, got None"),
        ({"diversity": "magic"}, "diversity must be one of off, dpp, mmr, got 'magic'"),
        ({"explore_by": "luck"}, "explore_by must be one of random, unfamiliar"),
        ({"blocking": ("ban",)}, "There is no action 'ban': the actions are favorite"),
        ({"muted_topics": (10**6,)}, "A muted topic must be a whole number from 0 to"),
        ({"muted_words": ("",)}, "A muted word has 1 to 100 characters"),
        ({"muted_words": ("x" * 101,)}, "A muted word has 1 to 100 characters"),
        ({"muted_words": ("x",) * 101}, "At most 100 words can be muted, got 101"),
    ],
)
def test_settings_that_cannot_be_are_refused(world, changed, message):
    with pytest.raises(ValueError, match=message):
        check_settings(OFF._replace(**changed), world=world)


@pytest.mark.parametrize("changed", [{"theta": 0}, {"theta": 1}, {"explore": 1}, {"oldest_hours": 0}, {"pool": 1}])
@pytest.mark.parametrize("method", ["dpp", "mmr"])
def test_parameters_at_their_ends_make_a_feed(context, method, changed):
    feed = run(context, diversity=method, in_network=10, **changed)
    assert sorted(feed.order) == list(range(len(feed.posts)))
