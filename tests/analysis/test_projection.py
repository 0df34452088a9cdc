"""The map of the corpus keeps neighbours, is the same every time, and belongs to its vectors."""

import numpy as np
import pytest

from phoenix.analysis import projection
from phoenix.analysis.projection import build_projection, load_or_build_projection, neighbours_preserved, place


def clusters(*, seed: int = 0, count: int = 6, each: int = 60) -> tuple[np.ndarray, np.ndarray]:
    """Unit vectors [count * each, 16] around a few directions, and which direction each belongs to."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(count, 16))
    points = np.repeat(centres, each, axis=0) + 0.2 * rng.normal(size=(count * each, 16))
    return (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32), np.repeat(range(count), each)


@pytest.fixture(scope="module")
def built() -> projection.Projection:
    return build_projection(clusters()[0], landmarks=150)


def test_map_puts_every_vector_next_to_its_own_kind(built):
    _, kinds = clusters()
    distances = np.linalg.norm(built.xy[:, None] - built.xy[None], axis=-1)
    np.fill_diagonal(distances, np.inf)
    assert (kinds[distances.argmin(axis=1)] == kinds).mean() > 0.97


def test_landmarks_stand_where_they_were_arranged_and_new_vectors_among_them(built):
    vectors, kinds = clusters()
    np.testing.assert_array_equal(built.xy[built.landmarks], built.anchors)
    fresh, fresh_kinds = clusters(each=60)
    placed = place(fresh, landmarks=vectors[built.landmarks], anchors=built.anchors)
    nearest = np.linalg.norm(placed[:, None] - built.anchors[None], axis=-1).argmin(axis=1)
    assert (kinds[built.landmarks][nearest] == fresh_kinds).mean() > 0.97


def test_same_vectors_give_the_same_map(built):
    again = build_projection(clusters()[0], landmarks=150)
    np.testing.assert_array_equal(again.xy, built.xy)
    assert again.preserved == built.preserved


def test_share_of_neighbours_is_one_for_a_faithful_map_and_chance_for_a_shuffled_one():
    angles = np.sort(np.random.default_rng(0).uniform(0, 3, 400))
    vectors = np.column_stack([np.cos(angles), np.sin(angles)]).astype(np.float32)
    judged = np.arange(0, 400, 7)
    assert neighbours_preserved(vectors, vectors, judged) > 0.98
    shuffled = np.random.default_rng(1).permutation(vectors)
    assert neighbours_preserved(vectors, shuffled, judged) == pytest.approx(100 / 399, abs=0.06)


def test_progress_is_told_from_nothing_to_everything():
    told = []
    build_projection(clusters(each=10)[0], landmarks=30, progress=lambda done, total: told.append((done, total)))
    assert told == [(step, 4) for step in range(5)]


def test_map_is_kept_by_its_vectors_and_a_damaged_one_is_built_anew(tmp_path, monkeypatch):
    vectors = clusters(each=12)[0]
    first = load_or_build_projection(vectors, tmp_path)
    (path,) = tmp_path.iterdir()

    def refuse(*args, **kwargs):
        raise AssertionError("It is stored already.")

    with monkeypatch.context() as patch:
        patch.setattr(projection, "build_projection", refuse)
        stored = load_or_build_projection(vectors, tmp_path)
        np.testing.assert_array_equal(stored.xy, first.xy)
        assert stored.preserved == first.preserved
        with pytest.raises(AssertionError, match="stored already"):
            load_or_build_projection(vectors[::-1].copy(), tmp_path)  # other vectors, another map
    path.write_bytes(path.read_bytes()[:-10])
    np.testing.assert_array_equal(load_or_build_projection(vectors, tmp_path).xy, first.xy)
    np.testing.assert_array_equal(load_or_build_projection(vectors, tmp_path / "file" / "deeper").xy, first.xy)


def test_a_vector_stands_with_its_nearest_landmark_or_midway_between_two():
    landmarks, anchors = np.eye(3, dtype=np.float32), np.array([[0.0, 0.0], [2.0, 4.0], [9.0, 9.0]], np.float32)
    between = np.array([[1.0, 0.0, 0.0], [0.5**0.5, 0.5**0.5, 0.0]], np.float32)
    placed = place(between, landmarks=landmarks, anchors=anchors)
    np.testing.assert_allclose(placed, [[0.0, 0.0], [1.0, 2.0]], atol=1e-5)
