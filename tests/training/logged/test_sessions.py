"""Sessions of a log, and what came before them."""

import numpy as np
import pytest

from phoenix.batch import BatchBuilder
from phoenix.data.log import Rows, read_log
from phoenix.hashing import hash_ids
from phoenix.training.logged.sessions import Assembler, LogSource, Session, Timeline, cut
from phoenix.training.logged.sizes import choose_sizes
from tests.imported import draw_import


def rows(users, times, actions, parts=None):
    count = len(users)
    part = np.zeros(count, np.int8) if parts is None else np.array(parts, np.int8)
    surfaces = np.zeros(count, np.int8)
    return Rows(
        np.array(users, np.int32),
        np.arange(count, dtype=np.int32),
        np.array(times, np.int64),
        surfaces,
        np.array(actions, np.uint64),
        part,
    )


TIMELINE = Timeline(rows([0] * 6 + [1] * 2, [1, 2, 3, 3, 3, 4, 1, 2], [1, 0, 1, 1, 1, 1, 1, 1]))


def test_a_history_is_what_was_acted_on_at_an_earlier_moment():
    found = TIMELINE.histories(np.array([0, 2, 3, 4, 5, 6, 7]), length=3)
    nothing = [-1, -1, -1]
    assert found.tolist() == [nothing, [0, -1, -1], [0, -1, -1], [0, -1, -1], [2, 3, 4], nothing, [6, -1, -1]]


def test_a_history_before_a_part_holds_nothing_of_it():
    timeline = Timeline(rows([0] * 4 + [1] * 2, [1, 2, 3, 4, 1, 9], [1] * 6, [0, 0, 1, 2, 0, 2]))
    users = np.array([0, 1, 7])
    assert timeline.histories_at(users, part=1, length=3).tolist() == [[0, 1, -1], [4, -1, -1], [-1, -1, -1]]
    assert timeline.histories_at(users, part=2, length=2).tolist() == [[1, 2], [4, -1], [-1, -1]]


def test_a_log_without_any_action_has_empty_histories():
    timeline = Timeline(rows([0, 0], [1, 2], [0, 0]))
    assert timeline.histories(np.array([0, 1]), length=2).tolist() == [[-1, -1], [-1, -1]]


def test_cutting_loses_and_repeats_nothing():
    users = np.repeat([0, 1, 3], [7, 1, 4])
    firsts, counts = cut(users, count=3, offsets=np.array([2, 0, 0, 1]))
    assert firsts.tolist() == [0, 2, 5, 7, 8, 9]
    assert counts.tolist() == [2, 3, 2, 1, 1, 3]


def test_sessions_of_a_part_are_its_rows():
    timeline = Timeline(rows([0] * 5, [1, 2, 3, 4, 5], [1] * 5, [0, 0, 2, 2, 2]))
    session = timeline.sessions(np.array([2, 3, 4]), part=2, count=2, length=2)
    assert session.candidates.tolist() == [[2, 3], [4, -1]]
    assert session.histories.tolist() == [[0, 1], [0, 1]]


@pytest.fixture(scope="module", params=[True, False])
def log(request, tmp_path_factory):
    return read_log(draw_import(tmp_path_factory.mktemp("import"), impressions=request.param))


def make_source(log, **more):
    config = choose_sizes(log)
    entities = log.entities
    builder = BatchBuilder(entities.author_of_post, num_users=len(entities.users), tables=config.hash_tables)
    timeline = Timeline(log.rows.before(1))
    shown = np.bincount(timeline.rows.posts, minlength=len(entities.posts))
    assembler = Assembler(timeline, builder, config=config, shown=shown)
    return LogSource(timeline, assembler, builder, config=config, phase="ranker", own_authors=False, **more), builder


def test_a_round_shows_every_impression_once(log):
    source, _ = make_source(log)
    firsts, counts = source._round(0)
    shown = np.concatenate([np.arange(first, first + count) for first, count in zip(firsts, counts, strict=True)])
    assert sorted(shown) == list(range(int((log.rows.part < 1).sum())))
    assert not np.array_equal(source._round(1)[0], firsts)


def test_any_step_can_be_had_again(log):
    source, _ = make_source(log)
    first = [source.next() for _ in range(30)][-1]
    again, _ = make_source(log)
    again.seek(29)
    for ours, theirs in zip(first.inputs, again.next().inputs, strict=True):
        assert (ours == theirs).all()


def test_negatives_are_drawn_where_the_log_has_none(log):
    source, _ = make_source(log)
    batch, config = source.next(), choose_sizes(log)
    count = config.ranker.count
    assert log.sampled == (config.negatives > 0) == (batch.posts.shape[1] > count)
    assert not batch.labels[:, count:].any()
    there = batch.posts >= 0
    assert (there == (batch.inputs.candidate_surfaces > 0)).all()
    assert (there[:, count:] == np.repeat(there[:, :count], config.negatives, axis=1)).all()


def test_some_ids_are_hidden_and_no_padding_is_filled(log):
    source, builder = make_source(log)
    inputs = source.next().inputs
    posts = inputs.candidate_post_hashes
    told = hash_ids(np.arange(len(builder.posts)), kind="post", num_buckets=builder.tables.posts)
    assert ((posts == 0).all(axis=2) == (inputs.candidate_surfaces == 0)).all()
    assert ((inputs.history_post_hashes == 0).all(axis=2) == (inputs.history_surfaces == 0)).all()
    pairs = {tuple(pair) for pair in told.tolist()}
    known = np.array([tuple(pair) in pairs for pair in posts[inputs.candidate_surfaces > 0].tolist()])
    assert 0.7 < known.mean() < 1.0


def test_labels_are_those_of_the_rows(log):
    source, _ = make_source(log)
    timeline, assembler = source._timeline, source._assembler
    session = Session(np.array([0]), np.array([[0, 1, -1]]), np.array([[-1, -1]]))
    labels = assembler.assemble(session, seed=(0,)).labels[0, :3]
    bits = timeline.rows.actions[:2].astype(int)
    assert (labels[:2] @ (1 << np.arange(3)) == bits).all()
    assert not labels[2].any()
