"""The map of the corpus keeps neighbours, is the same every time, and belongs to its vectors."""

import numpy as np
import pytest

from phoenix.analysis import projection
from phoenix.analysis.projection import (
    arrange,
    build_projection,
    iterations_done,
    load_projection,
    neighbours_preserved,
    place,
    save_projection,
)
from phoenix.checkpoint import load_arrays, save_arrays
from phoenix.index import StoppedError


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


def test_progress_is_told_from_nothing_to_everything_and_never_runs_backwards():
    told = []

    def slowly(vectors, progress):
        for done in range(5):
            progress(done, 4)
        return np.random.default_rng(0).normal(size=(len(vectors), 2)).astype(np.float32)

    tell = lambda done, total: told.append(done / total)  # noqa: E731
    build_projection(clusters(each=10)[0], landmarks=30, arrange=slowly, progress=tell)
    assert told == sorted(told)
    assert (told[0], told[-1]) == (0, 1)
    assert len(told) == 7


def test_map_stops_when_it_is_asked_to():
    def never(vectors, progress):
        progress(0, 1)
        raise AssertionError("It was asked to stop before this.")

    with pytest.raises(StoppedError):
        build_projection(clusters(each=10)[0], landmarks=30, arrange=never, should_stop=lambda: True)


def test_map_is_kept_by_its_vectors_and_a_damaged_one_is_not_used(tmp_path):
    vectors = clusters(each=12)[0]
    first = build_projection(vectors, landmarks=30)
    assert load_projection(vectors, tmp_path) is None
    save_projection(first, vectors, tmp_path)
    (path,) = tmp_path.iterdir()
    stored = load_projection(vectors, tmp_path)
    np.testing.assert_array_equal(stored.xy, first.xy)
    assert stored.preserved == first.preserved
    assert load_projection(vectors[::-1].copy(), tmp_path) is None
    path.write_bytes(path.read_bytes()[:-10])
    assert load_projection(vectors, tmp_path) is None
    save_arrays(path, {"anchors": first.anchors}, {"kind": "map"})
    assert load_projection(vectors, tmp_path) is None


def test_a_map_made_in_another_way_is_not_used(tmp_path, monkeypatch):
    vectors = clusters(each=12)[0]
    save_projection(build_projection(vectors, landmarks=30), vectors, tmp_path)
    monkeypatch.setattr(projection, "_ITERATIONS", 400)
    assert load_projection(vectors, tmp_path) is None


def test_a_folder_that_cannot_be_written_keeps_nothing(tmp_path):
    vectors = clusters(each=12)[0]
    (tmp_path / "file").write_text("in the way")
    save_projection(build_projection(vectors, landmarks=30), vectors, tmp_path / "file" / "deeper")
    assert load_projection(vectors, tmp_path / "file" / "deeper") is None


def test_the_arranging_process_gives_what_arranging_gives_and_tells_how_far_it_is(tmp_path, monkeypatch, capfd):
    vectors = clusters(each=10)[0]
    files = [tmp_path / name for name in ("vectors.safetensors", "anchors.safetensors")]
    save_arrays(files[0], {"vectors": vectors}, {})
    monkeypatch.setattr(projection.sys, "argv", ["projection", *map(str, files)])
    projection.main()
    told = [done for line in capfd.readouterr().out.splitlines() if (done := iterations_done(line))]
    assert len(told) > 3
    assert told == sorted(told)
    assert told[-1] == (500, 500)
    np.testing.assert_array_equal(load_arrays(files[1])[0]["anchors"], arrange(vectors, lambda *progress: None))


@pytest.mark.parametrize("line", ["", "[t-SNE] Iteration", "Iteration 50: error = 3", "[t-SNE] Mean sigma: 0.1"])
def test_other_lines_of_the_arranging_process_tell_nothing(line):
    assert iterations_done(line) is None


def test_a_vector_stands_with_its_nearest_landmark_or_midway_between_two():
    landmarks, anchors = np.eye(3, dtype=np.float32), np.array([[0.0, 0.0], [2.0, 4.0], [9.0, 9.0]], np.float32)
    between = np.array([[1.0, 0.0, 0.0], [0.5**0.5, 0.5**0.5, 0.0]], np.float32)
    placed = place(between, landmarks=landmarks, anchors=anchors)
    np.testing.assert_allclose(placed, [[0.0, 0.0], [1.0, 2.0]], atol=1e-5)
