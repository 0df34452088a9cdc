"""Building: recall bounds, progress, stopping, and parameters that do not fit."""

import numpy as np
import pytest

from phoenix.index import (
    KINDS,
    FlatParameters,
    HNSWParameters,
    HNSWSearch,
    IVFFlatParameters,
    IVFPQParameters,
    IVFSearch,
    IVFSQ8Parameters,
    StoppedError,
    build_index,
    default_parameters,
)
from phoenix.index.sweep import recall

PARAMETERS = {
    "flat": FlatParameters(),
    "ivf_flat": IVFFlatParameters(nlist=64),
    "ivf_sq8": IVFSQ8Parameters(nlist=64),
    "ivf_pq": IVFPQParameters(nlist=64, m=8),
    "hnsw": HNSWParameters(),
}
# Half of the cells or a list of 200 nodes must find at least this share of the true 20 nearest.
BOUNDS = {"flat": 1.0, "ivf_flat": 0.97, "ivf_sq8": 0.95, "ivf_pq": 0.75, "hnsw": 0.97}
SETTINGS = {"hnsw": HNSWSearch(ef_search=200)} | dict.fromkeys(("ivf_flat", "ivf_sq8", "ivf_pq"), IVFSearch(nprobe=32))


@pytest.fixture(scope="module", params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return request.param


def test_recall_reaches_its_bound(kind, clustered, questions):
    truth = np.argsort(-questions @ clustered.T, axis=1)[:, :20]
    found = build_index(clustered, PARAMETERS[kind]).search(questions, k=20, settings=SETTINGS.get(kind))
    assert recall(found.ids, truth=truth).mean() >= BOUNDS[kind]


@pytest.mark.parametrize("made", ["ivf_flat", "hnsw"])
def test_thorough_searches_find_more_than_careless_ones(made, clustered, questions):
    truth = np.argsort(-questions @ clustered.T, axis=1)[:, :20]
    index = build_index(clustered, PARAMETERS[made])
    careless, thorough = (IVFSearch(1), IVFSearch(64)) if made == "ivf_flat" else (HNSWSearch(2), HNSWSearch(400))
    little, much = (
        recall(index.search(questions, k=20, settings=s).ids, truth=truth).mean() for s in (careless, thorough)
    )
    assert little < 0.9
    assert much > 0.98


def test_settings_of_one_search_do_not_reach_the_next(clustered, questions):
    index = build_index(clustered, PARAMETERS["ivf_flat"])
    before = index.search(questions, k=5)
    index.search(questions, k=5, settings=IVFSearch(nprobe=1))
    np.testing.assert_array_equal(index.search(questions, k=5).ids, before.ids)


def test_codes_take_less_memory_than_vectors(clustered):
    size = {name: build_index(clustered, parameters).memory_bytes for name, parameters in PARAMETERS.items()}
    vectors = clustered.nbytes
    assert vectors < size["flat"] < vectors + 1_000
    assert size["ivf_pq"] < size["ivf_sq8"] < vectors / 2 < vectors < size["ivf_flat"]
    assert size["hnsw"] > vectors + 4_000 * 2 * 16 * 4  # 2 m links of 4 bytes a node


def test_progress_counts_up_to_the_end(kind, clustered):
    steps: list[tuple[int, int]] = []
    build_index(clustered, PARAMETERS[kind], progress=lambda done, total: steps.append((done, total)))
    total = steps[0][1]
    assert steps == [(done, total) for done in range(total + 1)]


def test_building_stops_between_chunks_when_asked_to(clustered):
    steps: list[int] = []
    with pytest.raises(StoppedError, match=r"after 3 of \d+ steps"):
        build_index(
            clustered,
            PARAMETERS["ivf_flat"],
            progress=lambda done, _: steps.append(done),
            should_stop=lambda: steps[-1] == 3,
        )
    assert steps == [0, 1, 2, 3]


def test_a_stop_in_time_for_nothing_lets_the_work_end(clustered):
    steps: list[bool] = []
    index = build_index(
        clustered,
        PARAMETERS["ivf_flat"],
        progress=lambda done, total: steps.append(done == total),
        should_stop=lambda: steps[-1],
    )
    assert index.size == len(clustered)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        (IVFFlatParameters(nlist=0), r"nlist must be a whole number from 1 to 4000 .*got 0"),
        (IVFFlatParameters(nlist=4_001), r"nlist must be .* 4000 .*got 4001"),
        (IVFSQ8Parameters(nlist=2.5), r"nlist must be a whole number"),
        (IVFPQParameters(nlist=4, m=5), r"m must divide the 16 dimensions .*got 5: choose one of 1, 2, 4, 8, 16"),
        (IVFPQParameters(nlist=4, m=17), r"m must be a whole number from 1 to 16"),
        (HNSWParameters(m=1), r"m must be a whole number from 2 to 256, got 1"),
        (HNSWParameters(ef_construction=0), r"ef_construction must be a whole number from 1 to 2147483647, got 0"),
        (HNSWParameters(ef_construction=2**31), r"ef_construction must be a whole number from 1 to 2147483647"),
    ],
)  # fmt: skip
def test_parameters_that_do_not_fit_are_refused(parameters, message, clustered):
    with pytest.raises(ValueError, match=message):
        build_index(clustered, parameters)


def test_product_quantisation_of_too_few_vectors_is_refused(clustered):
    with pytest.raises(ValueError, match=r"needs at least as many vectors, got 255"):
        build_index(clustered[:255], IVFPQParameters(nlist=4, m=8))


def test_more_cells_than_there_are_cannot_be_opened(clustered, questions):
    index = build_index(clustered, PARAMETERS["ivf_flat"])
    with pytest.raises(ValueError, match=r"nprobe must be a whole number from 1 to 64 \(nlist.*got 65"):
        index.search(questions, k=1, settings=IVFSearch(nprobe=65))


def test_what_a_search_does_not_come_upon_is_marked(clustered, questions):
    index = build_index(clustered, PARAMETERS["ivf_flat"])
    found = index.search(questions[:1], k=1_000, settings=IVFSearch(nprobe=1))
    missing = found.ids[0] < 0
    assert missing.any()
    assert not missing[:5].any()
    assert np.isneginf(found.scores[0][missing]).all()


def test_cells_are_made_on_the_unit_sphere(clustered):
    index = build_index(clustered, IVFFlatParameters(nlist=16))
    centres = index.native.quantizer.reconstruct_n(0, 16)
    np.testing.assert_allclose(np.linalg.norm(centres, axis=1), 1, atol=1e-5)


def test_default_parameters_fit_every_size():
    for size in (1, 2, 60, 4_000, 1_000_000):
        for name in KINDS:
            if name != "ivf_pq" or size >= 256:
                default_parameters(name, size=size, dimension=15).check(size=size, dimension=15)
    assert default_parameters("ivf_flat", size=1_000_000, dimension=64) == IVFFlatParameters(nlist=2048)
    with pytest.raises(ValueError, match=r"Unknown kind of index 'tree': choose one of flat, ivf_flat"):
        default_parameters("tree", size=1, dimension=1)
