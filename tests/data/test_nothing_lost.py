"""A log that the synthetic world wrote says after its import what the world's stream said, impression by impression."""

import numpy as np
import pytest

from phoenix.data import mapping_file
from phoenix.data.guess import guess_text
from phoenix.data.importing import import_log
from phoenix.data.log import make_world, read_log
from phoenix.world import World
from phoenix.world.logged import taken
from tools.write_log import rounds, write_plain

ROWS = 3_000


@pytest.fixture(scope="module")
def world():
    return World.generate(seed=5, num_users=60, num_posts=400, num_authors=100)


@pytest.fixture(scope="module")
def log(world, tmp_path_factory):
    place = tmp_path_factory.mktemp("log")
    write_plain(world, place / "log.csv", rows=ROWS)
    import_log(place / "log.csv", mapping_file.read(guess_text(place / "log.csv")), place / "log")
    return read_log(place / "log")


@pytest.fixture(scope="module")
def told(world):
    """The stream's impressions by user, oldest first: users, posts, surfaces, actions, times."""
    parts = [(*part, times) for part, times in rounds(world, rows=ROWS)]
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    order = np.lexsort((columns[-1], columns[0]))
    return [column[order] for column in columns]


def by_own_ids(log):
    """The import's rows under the ids of the file, in the same order."""
    users = np.array([int(name) for name in log.entities.users])[log.rows.users]
    posts = np.array([int(name) for name in log.entities.posts])[log.rows.posts]
    order = np.lexsort((log.rows.times, users))
    return users[order], posts[order], order


def test_every_impression_is_there_with_its_time_place_and_actions(world, log, told):
    users, posts, order = by_own_ids(log)
    assert (users == told[0]).all()
    assert (posts == told[1]).all()
    assert (log.rows.times[order] == told[4]).all()
    places = np.array([world.surfaces.index(name) for name in log.surfaces])
    assert (places[log.rows.surfaces[order]] == told[2]).all()
    columns = [world.actions.index(name) for name in log.actions.names]
    assert (taken(log.rows.actions[order], count=len(columns)) == told[3][:, columns]).all()


def test_every_post_has_its_author_and_every_action_its_sign(world, log):
    authors = np.array([int(name) for name in log.entities.authors])[log.entities.author_of_post]
    posts = np.array([int(name) for name in log.entities.posts])
    assert (authors == world.author_of_post[posts]).all()
    signs = dict(zip(world.actions.names, world.actions.signs, strict=True))
    assert [signs[name] for name in log.actions.names] == list(log.actions.signs)


def test_histories_at_the_split_are_those_of_the_stream(world, log, told):
    users, posts, _, actions, times = told
    ours = make_world(log, history_len=5).histories(5).posts
    names = [int(name) for name in log.entities.posts]
    before = (times < log.split_ms) & actions.any(axis=1)
    for place, user in enumerate(int(name) for name in log.entities.users):
        expected = posts[before & (users == user)][-5:].tolist()
        assert [names[post] for post in ours[place] if post >= 0] == expected
