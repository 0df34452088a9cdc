"""What the guide explains or asks for, item by item: where it is answered, what shows that, what is missing.

An item is named by its section. Its lines stand in `dashboard.guide.lines`, so it has a place, a lesson and a question
or an event; what else proves it is code that a page shows with its reading, and texts that must be there in both
languages. What is answered in part says why.
"""

import pathlib
from typing import NamedTuple

import pytest

from dashboard import state
from dashboard.guide.lines import LINES
from dashboard.locale import translate

DASHBOARD = pathlib.Path(translate.__code__.co_filename).resolve().parents[1]
MOST_PARTLY = 5


class Item(NamedTuple):
    """One item.

    Attributes:
      name: its section, and what it is about.
      lines: names of lines, or beginnings of names.
      code: "page: name" of what the page shows as source.
      words: "message: piece" that both languages say; a piece is a name, spelt alike in both.
      partly: why it is not answered in full.
    """

    name: str
    lines: tuple[str, ...]
    code: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    partly: str = ""


ITEMS = (
    Item("goals", ("goal.1", "goal.2", "goal.3", "goal.4", "goal.5")),
    Item("1.1 role and architecture", ("1.1.role",)),
    Item("1.1 input and output", ("1.1.in_out",)),
    Item("1.2 picture and shapes", ("1.2.shapes",), code=("retrieval: RecsysRetrievalModel.__call__",)),
    Item("1.2 user tower", ("1.2.user_tower",), code=("retrieval: RecsysRetrievalModel.encode_user",)),
    Item("1.2 candidate tower", ("1.2.candidate_tower",), code=("retrieval: RecsysRetrievalModel.encode_candidates",)),
    Item("1.2 vector database", ("1.2.vector_database",), words=("retrieval.maths: Milvus",)),
    Item("1.2 dot product", ("1.2.dot_product",)),
    Item("1.2 ANN", ("1.2.ann",), words=("retrieval.maths: ANN", "retrieval.maths: Annoy", "retrieval.maths: FAISS")),
    Item("1.3 functions", ("1.3.model", "1.3.encode"), code=("retrieval: RecsysRetrievalModel.__call__",)),
    Item("1.3 reduce", ("1.3.reduce",), code=("journey: block_user_reduce", "journey: block_candidate_reduce")),
    Item("1.4 tasks", ("task.1.4.",), code=("retrieval: RETRIEVAL_TESTS",)),
    Item("2.1 overview", ("2.1.role",)),
    Item(
        "2.2 picture of the ranker",
        ("2.2.architecture",),
        partly="the journey walks through the parts in seven steps with real shapes; no single picture holds them all",
    ),
    Item("2.2 inputs and shapes", ("2.2.inputs",)),
    Item(
        "2.2 self-attention",
        ("2.2.attention",),
        code=("attention: Attention",),
        partly="weights are seen for every layer and head, but how they come from queries and keys only as a formula",
    ),
    Item("2.2 feed-forward and norms", ("2.2.layers",), code=("journey: Block.feed_forward",)),
    Item("2.3 definition and picture", ("2.3.definition", "2.3.picture")),
    Item("2.3 why", ("2.3.consistency", "2.3.caching", "2.3.fairness")),
    Item("2.3 code", ("2.3.code",), code=("attention: build_attention_mask",)),
    Item("2.4 actions, output, why", ("2.4.actions", "2.4.output", "2.4.why")),
    Item("2.5 definition and smaller tables", ("2.5.definition", "2.5.smaller"), code=("journey: hash_ids",)),
    Item("2.5 ids never seen", ("2.5.unseen",)),
    Item("2.5 generalisation", ("2.5.generalise",), code=("embeddings: force_collision",)),
    Item("2.5 code", ("2.5.code",), code=("embeddings: HashTables.__call__",)),
    Item("2.6 forward pass", ("2.6.model",), code=("journey: PhoenixModel.__call__",)),
    Item("2.6 action embeddings", ("2.6.actions",), code=("journey: PhoenixModel._get_action_embeddings",)),
    Item("2.6 inputs", ("2.6.inputs",), code=("journey: PhoenixModel._build_input_embeddings",)),
    Item("2.6 reduce and mask", ("2.6.reduce", "2.6.mask")),
    Item("2.7 tasks", ("task.2.7.",), code=("attention: RANKER_TESTS",)),
    Item("3.1 samples", ("3.1.samples",), code=("training: retrieval_loss",)),
    Item("3.1 objective and curves", ("3.1.objective",), code=("training: ranker_loss",)),
    Item("3.2 inference", ("3.2.retrieval", "3.2.ranking")),
    Item(
        "3.3 faster retrieval",
        ("3.3.retrieval",),
        partly="embedding ahead and the index are measured; many users in one batch are timed for the ranker alone",
    ),
    Item("3.3 faster ranking", ("3.3.ranking",), words=("performance.maths: bfloat16",)),
    Item("3.4 tasks", ("task.3.4.",)),
    Item("self-check, 11 questions", ("check.",)),
    Item("exercise 1", ("exercise.1.",)),
    Item("exercise 2", ("exercise.2.",)),
    Item("exercise 3", ("exercise.3.",), code=("training: by_history",)),
    Item("notes", ("notes",)),
    Item("next step", ("next.",)),
)


def matching(beginning: str) -> list[str]:
    """Names of the lines that an item's entry means."""
    return [line.name for line in LINES if line.name == beginning or line.name.startswith(beginning.rstrip(".") + ".")]


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.name)
def test_an_item_of_the_guide_is_answered(item):
    assert all(matching(line) for line in item.lines)
    for shown in item.code:
        page, name = shown.split(": ")
        views = "\n".join(path.read_text(encoding="utf-8") for path in (DASHBOARD / page / "views").glob("*.py"))
        assert name in views, f"{page} shows no {name}"
    for said in item.words:
        message, piece = said.split(": ")
        assert all(piece in translate(message, language) for language in state.LANGUAGES)


def test_every_line_belongs_to_an_item():
    answered = {name for item in ITEMS for line in item.lines for name in matching(line)}
    assert {line.name for line in LINES} == answered


def test_few_items_are_answered_in_part_and_each_says_why():
    partly = [item for item in ITEMS if item.partly]
    assert len(partly) <= MOST_PARTLY
    assert all(len(item.partly.split()) > 8 for item in partly)
