"""An import is read by user and split by time."""

import numpy as np
import pytest

from phoenix.checkpoint import ArtifactError
from phoenix.data.log import make_world, read_log, split_by_time
from phoenix.world.base import AnyWorld
from phoenix.world.logged import LoggedWorld
from tests.imported import draw_import, write_import


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    return read_log(draw_import(tmp_path_factory.mktemp("import")))


def test_a_time_is_in_one_part():
    times = np.repeat(np.arange(20), 10)
    part, tied = split_by_time(times)
    assert not tied
    assert [set(part[times == time]) for time in (0, 15, 16, 17, 18, 19)] == [{0}, {0}, {1}, {1}, {2}, {2}]


def test_equal_times_are_split_by_order():
    part, tied = split_by_time(np.zeros(100, np.int64))
    assert tied
    assert (np.bincount(part) == [82, 8, 10]).all()


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_very_short_log_has_a_training_part(count):
    part, _ = split_by_time(np.arange(count))
    assert part[0] == 0


def test_rows_are_by_user_and_parts_by_time(log):
    assert (np.diff(log.rows.users) >= 0).all()
    assert (np.diff(log.rows.times)[np.diff(log.rows.users) == 0] >= 0).all()
    latest = [log.rows.times[log.rows.part == part].max() for part in range(3)]
    earliest = [log.rows.times[log.rows.part == part].min() for part in range(3)]
    assert latest[0] < earliest[1]
    assert latest[1] < earliest[2] == log.split_ms


def test_histories_end_at_the_split_and_the_future_comes_after(log):
    world = make_world(log, history_len=8)
    histories = world.histories(8)
    for user in range(world.num_users):
        own = log.rows.take(log.rows.users == user)
        acted = own.take((own.part < 2) & (own.actions != 0))
        assert histories.posts[user][histories.posts[user] >= 0].tolist() == acted.posts[-8:].tolist()
        kept = histories.actions[user][histories.posts[user] >= 0]
        assert (kept @ (1 << np.arange(3)) == acted.actions[-8:]).all()
        assert world.afterwards(user).posts.tolist() == own.posts[own.part == 2].tolist()


def test_shorter_histories_are_the_newest(log):
    world = make_world(log, history_len=8)
    long, short = world.histories(8).posts, world.histories(3).posts
    for whole, part in zip(long, short, strict=True):
        assert part[part >= 0].tolist() == whole[whole >= 0][-3:].tolist()


def test_a_world_comes_back_as_it_was(log):
    world = make_world(log, history_len=8)
    again = LoggedWorld.restore(world.description, world.arrays())
    assert again.digest == world.digest
    assert again.users.equals(world.users)
    assert again.posts.equals(world.posts)
    assert again.actions.to_json() == log.actions.to_json()
    assert isinstance(again, AnyWorld)
    assert again.truth is None
    stored = sum(column.nbytes for column in world.arrays().values())
    assert stored < LoggedWorld.most_bytes(world.description)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("author_of_post", lambda a: a + 1_000),
        ("past.posts", lambda a: a - 1),
        ("past.ends", lambda a: a[::-1].copy()),
        ("later.surfaces", lambda a: a + 7),
        ("users.ends", lambda a: a + 1),
        ("newcomers", lambda a: a[1:]),
    ],
)
def test_forged_columns_are_refused(log, name, change):
    world = make_world(log, history_len=8)
    arrays = world.arrays()
    with pytest.raises(ValueError, match=r"there are|do not"):
        LoggedWorld.restore(world.description, arrays | {name: change(arrays[name])})


@pytest.mark.parametrize(("told", "known"), [(None, True), (True, True), (False, False)])
def test_ages_are_known_unless_the_import_says_that_they_are_not(tmp_path, told, known):
    world = make_world(read_log(draw_import(tmp_path, rows=300, ages=told)), history_len=8)
    assert world.knows("ages") == ("age_hours" in world.posts) == known


def test_two_surfaces_of_one_name_are_refused(log):
    world = make_world(log, history_len=8)
    with pytest.raises(ValueError, match="a name of its own"):
        LoggedWorld.restore(world.description | {"surfaces": ["feed", "feed"]}, world.arrays())


def test_what_is_known_is_told(tmp_path):
    more = {
        "topic": [0, 1, -1],
        "topics": ["cats", "猫"],
        "text": ['a,\n"b" 🙂', None, "=1+1"],
        "follows": [[1, 0], [0, 1], [0, 0], [0, 0]],
    }
    folder = write_import(
        tmp_path,
        users=np.array([0, 1, 0, 1]),
        items=np.array([0, 1, 2, 0]),
        times=np.arange(4),
        actions=np.ones((4, 3), bool),
        authors=np.array([0, 1, 1]),
        more=more,
    )
    world = make_world(read_log(folder), history_len=4)
    assert world.knows("topics")
    assert world.knows("text")
    assert world.topic_names("zh") == ("cats", "猫")
    assert world.post_text([0, 1, 2]) == ['a,\n"b" 🙂', "item 001 · a1 · 猫", "=1+1"]
    assert world.followed(0).tolist() == [0, 1]
    assert world.follows_authors_of(1, [0, 1]).tolist() == [True, False]


def test_users_who_come_later_are_newcomers(tmp_path):
    folder = write_import(
        tmp_path,
        users=np.r_[np.zeros(19, int), 1],
        items=np.r_[np.arange(19), 19],
        times=np.arange(20),
        actions=np.ones((20, 3), bool),
        authors=np.zeros(20, int),
    )
    world = make_world(read_log(folder), history_len=4)
    assert world.users.held_out.tolist() == [False, True]
    assert (world.histories(4).posts[1] == -1).all()


def test_a_damaged_import_is_a_sentence(tmp_path):
    folder = draw_import(tmp_path / "import", rows=300)
    (folder / "impressions.parquet").write_bytes(b"no table")
    with pytest.raises(ArtifactError, match="Import the log again"):
        read_log(folder)
