"""The paths of parameters: they exist in the models, and what the two models share is found."""

import numpy as np
import pytest

from phoenix import parameters
from tests.models import TABLES, small_ranker, small_retrieval


@pytest.mark.parametrize(
    ("module", "names"),
    [
        (parameters.INPUT_EMBEDDER, {"actions", "surfaces"}),
        (parameters.USER_PROJECTION, {"w"}),
        (parameters.CANDIDATE_PROJECTION, {"w"}),
        (parameters.FINAL_NORM, {"scale"}),
        (parameters.UNEMBEDDING, {"w", "b"}),
    ],
)
def test_every_path_leads_to_a_module_of_the_ranker(module, names):
    assert set(small_ranker().params[module]) == names


@pytest.mark.parametrize("model", [small_ranker, small_retrieval])
def test_tables_of_both_models_are_found_and_replaced(model):
    params = model().params
    assert {name: len(rows) for name, rows in parameters.tables(params).items()} == vars(TABLES)
    other = parameters.replace_tables(params, {"posts": np.zeros(3)})
    assert list(parameters.tables(other)) == ["posts"]
    assert other.keys() == params.keys()
    assert set(parameters.tables(params)) == {"users", "posts", "authors"}


def test_parameters_without_tables_are_refused():
    with pytest.raises(KeyError, match="hash_tables"):
        parameters.tables({"linear": {"w": np.zeros(2)}})


def test_what_both_models_begin_with_has_the_same_shapes_in_the_ranker():
    shared, ranker = parameters.shared_with_ranker(small_retrieval().params), small_ranker().params
    assert {name for name in ranker if "input_embedder" in name} == set(shared)
    for module, group in shared.items():
        assert {k: v.shape for k, v in group.items()} == {k: v.shape for k, v in ranker[module].items()}
