"""Whatever is kept is kept for one world, whichever session asks and wherever the work is done."""

import pytest
import streamlit as st
from streamlit.type_util import get_fqn

from dashboard import locale, resources, worlds
from dashboard.worlds import Known
from phoenix import environment

FIRST, SECOND = (Known(key, environment.SHIPPED, key, shipped=False) for key in ("one", "two"))


@pytest.fixture
def choose(monkeypatch):
    """Chooses a world, as a session's address does."""
    return lambda known: monkeypatch.setattr(resources, "chosen_world", lambda: known)


@pytest.mark.parametrize("keep", [resources.keep_data, resources.keep_resource])
def test_an_answer_is_kept_for_the_world_that_was_asked(choose, keep):
    asked = []

    @keep(entries=4)
    def answer(number: int, *, _beside: object = None) -> str:
        asked.append(number)
        return f"{resources.chosen_world().key} {number}"

    st.cache_data.clear()
    for known in (FIRST, SECOND, FIRST):
        choose(known)
        assert answer(7, _beside=object()) == f"{known.key} 7"
    assert asked == [7, 7]


def test_two_functions_keep_their_answers_apart(choose):
    choose(FIRST)
    once, twice = (resources.keep_data(entries=2)(function) for function in (_once, _twice))
    assert (once(3), twice(3)) == (3, 6)


def _once(number: int) -> int:
    return number


def _twice(number: int) -> int:
    return 2 * number


def test_a_frame_is_told_from_another_that_differs_in_one_cell(recommender):
    history = recommender.history(17)
    other = history.copy()
    other.loc[other.index[0], "post_id"] += 1
    assert resources._digest(history) == resources._digest(history.copy())
    assert resources._digest(history) != resources._digest(other)
    assert get_fqn(type(history)) == resources._FRAME, "by this name Streamlit finds how a frame is told from others"


def test_background_work_asks_the_world_of_whoever_began_it(monkeypatch):
    monkeypatch.setattr(resources, "known_worlds", lambda: (FIRST, SECOND))
    monkeypatch.setattr(resources.once, "in_session", lambda: True)
    monkeypatch.setattr(resources.state, "given", lambda name: SECOND.key)
    request = resources.request("which", lambda progress, should_stop: resources.chosen_world().key)
    monkeypatch.setattr(resources.state, "given", lambda name: None)
    assert resources.chosen_world() == FIRST
    assert request.key == ("two", "which")
    assert request.run(None, None) == "two"
    assert resources.chosen_world() == FIRST


def test_texts_of_a_log_stand_in_only_where_a_log_is_looked_at(choose, monkeypatch, language):
    monkeypatch.setattr(locale, "catalogue", lambda *_: {"common.x": ("made up",), "common.x.imported": ("logged",)})
    for known, said in ((FIRST, "made up"), (FIRST._replace(imported=True), "logged")):
        choose(known)
        assert locale.t("common.x") == said


def test_the_named_folder_comes_first_then_what_was_explored_then_the_shipped_world(tmp_path, monkeypatch):
    monkeypatch.setattr(environment, "EXPLORED", tmp_path)
    explored = tmp_path / "films" / "artifacts"
    explored.mkdir(parents=True)
    shipped = worlds.find()
    assert [known.shipped for known in shipped] == [True]
    (explored / "world.safetensors").write_bytes(b"nothing of the kind")
    assert worlds.find() == shipped
    monkeypatch.setenv("PHOENIX_ARTIFACTS", str(explored))
    assert [(known.name, known.key, known.shipped) for known in worlds.find()] == [
        ("films", "", False),
        (shipped[0].name, shipped[0].key, True),
    ]
