"""From requests to batches: each model reads its own tables and its own length of history."""

import numpy as np
import pandas as pd
import pytest

from phoenix.actions import ACTIONS
from phoenix.batch import BatchBuilder
from phoenix.hashing import TableConfig, hash_ids
from phoenix.masks import build_attention_mask
from phoenix.serving.batching import RequestBatcher, fit_histories, is_isolated, pad_mask, pad_rows
from phoenix.serving.user_request import HISTORY_COLUMNS, RequestReader
from phoenix.world import World
from phoenix.world.stream import SPLIT, Histories, histories_before

USER = 7


@pytest.fixture(scope="module")
def world() -> World:
    return World.generate(seed=1, num_posts=300, num_users=40, num_authors=100)


@pytest.fixture(scope="module")
def reader(world) -> RequestReader:
    return RequestReader(world, histories_before(world.stream, np.arange(40), moment=SPLIT, length=8))


def hashes(world: World, tables: TableConfig) -> BatchBuilder:
    return BatchBuilder(world.post_columns.author, num_users=world.num_users, tables=tables)


def histories(*rows: list[int], length: int) -> Histories:
    posts = np.array([row + [-1] * (length - len(row)) for row in rows], np.int32)
    filled = posts >= 0
    actions = (filled[..., None] & (np.arange(len(ACTIONS)) == posts[..., None] % len(ACTIONS))).astype(bool)
    return Histories(posts, np.where(filled, posts % 4, 0).astype(np.int8), actions)


@pytest.mark.parametrize(
    ("length", "expected"),
    [
        (5, [[1, 2, 3, 4, -1], [9, -1, -1, -1, -1], [-1] * 5]),
        (4, [[1, 2, 3, 4], [9, -1, -1, -1], [-1] * 4]),
        (2, [[3, 4], [9, -1], [-1] * 2]),
        (7, [[1, 2, 3, 4, -1, -1, -1], [9] + [-1] * 6, [-1] * 7]),
    ],
)
def test_the_newest_rows_of_a_history_are_kept(length, expected):
    fitted = fit_histories(histories([1, 2, 3, 4], [9], [], length=5), length=length)
    assert fitted.posts.tolist() == expected
    kept = histories(*([post for post in row if post >= 0] for row in expected), length=length)
    for column, given in zip(fitted, kept, strict=True):
        np.testing.assert_array_equal(column, given)
        assert column.dtype == given.dtype


def test_each_batcher_hashes_by_its_own_tables_and_reads_its_own_length(world, reader):
    request = reader.user(USER)
    newest = reader.history_frame(USER)["post_id"].to_numpy()[-3:]
    for tables, length in ((TableConfig(users=64, posts=128, authors=64), 3), (TableConfig(64, 1_024, 64), 8)):
        batch = RequestBatcher(hashes(world, tables), history_len=length).batch(request, np.array([5, 6]), bucket=4)
        assert batch.history_surfaces.shape == (1, length)
        shown = hash_ids(np.array([5, 6]), kind="post", num_buckets=tables.posts)
        np.testing.assert_array_equal(batch.candidate_post_hashes[0], [*shown, [0, 0], [0, 0]])
        own = hash_ids(newest, kind="post", num_buckets=tables.posts)
        rows = batch.history_post_hashes[0][batch.history_surfaces[0] > 0]
        np.testing.assert_array_equal(rows[-3:], own)


def test_several_histories_are_read_as_one_by_one(reader):
    frame = reader.history_frame(USER)
    frames = [frame, frame.iloc[:0], frame.tail(2), reader.history_frame(USER + 1)]
    together = reader.what_if(USER, frames)
    assert together.users.tolist() == [USER] * 4
    for row, one in enumerate(frames):
        for column, alone in zip(together.histories, reader.user(USER, one).histories, strict=True):
            np.testing.assert_array_equal(column[row], alone[0])


def test_ones_own_history_as_a_frame_is_the_same_request(reader):
    own, given = reader.user(USER), reader.user(USER, reader.history_frame(USER))
    assert tuple(reader.history_frame(USER).columns) == HISTORY_COLUMNS
    for left, right in zip((own.users, *own.histories), (given.users, *given.histories), strict=True):
        np.testing.assert_array_equal(left, right)


@pytest.mark.parametrize("dtype", ["int8", "Int64", "boolean", "object", "float64", "category"])
def test_actions_of_any_type_are_read(reader, dtype):
    frame = reader.history_frame(USER)
    given = frame.assign(**{action: frame[action].astype(dtype) for action in ACTIONS})
    np.testing.assert_array_equal(reader.user(USER, given).histories.actions, reader.user(USER).histories.actions)


def test_a_mask_is_laid_over_the_padding(world, reader):
    frame = reader.history_frame(USER).tail(2)
    batcher = RequestBatcher(hashes(world, TableConfig(64, 128, 64)), history_len=4)
    batch = batcher.batch(reader.user(USER, frame), np.array([5]), bucket=2)
    padded = pad_mask("isolated", batch, candidates=1)
    assert padded.small.tolist() == [[1, 1, 1, 0], [1, 1, 1, 0], [1, 1, 1, 0], [1, 1, 1, 1]]
    assert padded.kept.tolist() == [0, 1, 2, 5]
    assert padded.full.tolist() == [
        [1, 1, 1, 0, 0, 0, 0],
        [1, 1, 1, 0, 0, 0, 0],
        [1, 1, 1, 0, 0, 0, 0],
        [1, 0, 0, 0, 0, 0, 0],
        [1, 0, 0, 0, 0, 0, 0],
        [1, 1, 1, 0, 0, 1, 0],
        [1, 0, 0, 0, 0, 0, 0],
    ]


def test_isolation_is_known_by_name_and_by_its_entries():
    def known(mask) -> bool:
        return is_isolated(mask, history_rows=3, candidates=2)

    assert [known(name) for name in ("isolated", "causal", "leaky", "full")] == [True, False, False, False]
    assert known(build_attention_mask(3, 2))
    assert not known(build_attention_mask(3, 2, variant="causal"))
    for mask, message in (("open", "Unknown mask 'open'"), (np.ones((3, 3)), "must have shape")):
        with pytest.raises(ValueError, match=message):
            known(mask)


def test_rows_are_padded_by_the_first(world, reader):
    frame = reader.history_frame(USER)
    batcher = RequestBatcher(hashes(world, TableConfig(64, 128, 64)), history_len=8)
    batch = batcher.batch(reader.what_if(USER, [frame, frame.tail(1)]))
    padded = pad_rows(batch, rows=5)
    for field, given in zip(padded, batch, strict=True):
        np.testing.assert_array_equal(field[:2], given)
        np.testing.assert_array_equal(field[2:], np.repeat(given[:1], 3, axis=0))


def test_an_edited_history_in_odd_clothes_is_the_same(reader):
    frame = reader.history_frame(USER)
    odd = frame[frame.columns[::-1]].set_axis([0] * len(frame), axis=0).assign(note="x")
    np.testing.assert_array_equal(reader.user(USER, odd).histories.posts, reader.user(USER).histories.posts)
    assert isinstance(frame, pd.DataFrame)
