"""Guided readings: of everything that the guide names, in both languages, about lines that are there."""

import re

import pytest

from dashboard import reading
from dashboard.locale import catalogue
from phoenix.embedding import InputEmbedder, block_candidate_reduce, block_user_reduce
from phoenix.masks import build_attention_mask
from phoenix.recsys_model import PhoenixModel
from phoenix.recsys_retrieval_model import RecsysRetrievalModel

GUIDE = (
    RecsysRetrievalModel.__call__,
    RecsysRetrievalModel.encode_user,
    RecsysRetrievalModel.encode_candidates,
    PhoenixModel.__call__,
    PhoenixModel._get_action_embeddings,
    PhoenixModel._build_input_embeddings,
    block_user_reduce,
    block_candidate_reduce,
    build_attention_mask,
    reading.RANKER_TESTS,
    reading.RETRIEVAL_TESTS,
)
MORE = (RecsysRetrievalModel.user_stages, RecsysRetrievalModel._candidate_tower, InputEmbedder.actions)
SOURCES = {source.name: source for source in map(reading.find, (*GUIDE, *MORE))}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_there_is_a_reading_of_everything_that_the_guide_names_and_of_nothing_else(language):
    assert {key.removeprefix("reading.") for key in catalogue(language, "reading")} == set(SOURCES)


@pytest.mark.parametrize("name", SOURCES)
def test_both_languages_point_to_the_same_lines_and_these_are_there(name):
    english, chinese = (
        reading.pieces(catalogue(language, "reading")[f"reading.{name}"][0]) for language in ("en", "zh")
    )
    assert english
    assert english == chinese
    text = SOURCES[name].text
    for first, last in english:
        begins, ends = reading.lines(text, first, last)
        assert first in text.splitlines()[begins - 1]
        assert ends >= begins


def test_a_reading_names_lines_by_number():
    guide = reading.guide(SOURCES["build_attention_mask"])
    (number,) = re.findall(r"\*\*Line (\d+):\*\* the line that the sketch lacks", guide)
    assert "mask[:context, context:] = 0" in SOURCES["build_attention_mask"].text.splitlines()[int(number) - 1]
    assert re.search(r"\*\*Lines \d+–\d+:\*\*", reading.guide(SOURCES["test_recsys_model"]))


def test_what_nobody_guides_through_has_no_reading():
    assert reading.guide(reading.find(PhoenixModel.logits)) is None


def test_a_file_that_an_installed_package_lacks_is_left_out(tmp_path):
    assert reading.find(tmp_path / "test_nothing.py") is None
