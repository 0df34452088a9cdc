"""The self-check: each question has one right answer, which the models, the masks or the code give."""

import numpy as np
import pandas as pd
import pytest

from dashboard.guide import table
from dashboard.study import measured, questions
from dashboard.study.questions import code, masks
from phoenix.data.log import make_world, read_log
from phoenix.masks import build_attention_mask
from tests.imported import draw_import
from tests.logged import save_logged

SEEDS = (1, 2, 3, 4)


def test_every_check_of_the_guide_has_a_question():
    asked = [line.question for line in table.ITEMS if line.name.startswith("check.")]
    assert asked == list(questions.SETTERS)


@pytest.mark.parametrize("name", questions.SETTERS)
def test_a_question_has_several_options_one_of_which_is_right(name, language):
    for seed in SEEDS:
        asked = questions.ask(name, seed)
        assert asked.answer in asked.options
        assert 3 <= len(asked.options) == len(set(asked.options.values())) <= 6
        assert asked.options == questions.ask(name, seed).options
        for text in (asked.text, asked.hint, asked.explanation, *asked.options.values()):
            assert text
            assert "{" not in text


@pytest.mark.parametrize("name", questions.SETTERS)
def test_it_can_be_taken_again_about_something_else(name):
    asked = [questions.ask(name, seed) for seed in SEEDS]
    texts = {(one.text, str(one.blocks), *one.options.items()) for one in asked}
    assert len(texts) > 1


def test_the_first_candidate_is_the_one_with_the_largest_dot_product(recommender):
    for seed in SEEDS:
        found = measured.products(seed)
        products = recommender.corpus_embeddings[found.posts] @ recommender.embed_user(found.user_id)
        assert questions.ask("similarity", seed).answer == "ABCD"[int(products.argmax())]
        assert found.blocks.max(axis=1).argmax() != products.argmax()


def test_at_the_weight_that_is_the_answer_both_posts_tie():
    for seed in SEEDS:
        asked = questions.ask("actions", seed)
        values = {name: float(text.replace("\u202f", "")) for name, text in asked.options.items()}
        assert len(set(values.values())) == 4
    found = measured.pair(7, (0, 1))
    (first_like, first_reply), (second_like, second_reply) = found.probabilities
    assert first_like > second_like
    assert first_reply < second_reply


def test_only_masks_that_let_candidates_meet_change_a_score():
    found = measured.exchange(3)
    change = {name: abs(found.after[name] - found.before[name]) for name in found.before}
    assert max(change["isolated"], change["causal"]) < 1e-6
    assert min(change["leaky"], change["full"]) > 1e-6


def test_no_detour_is_asked_about_where_there_is_one_layer(toy_log, monkeypatch):
    monkeypatch.setenv("PHOENIX_ARTIFACTS", str(toy_log))
    change = {
        mask: abs(measured.exchange(3).after[mask] - before) for mask, before in measured.exchange(3).before.items()
    }
    assert change["leaky"] < 1e-6 < change["full"]
    assert {questions.ask("why_isolation", seed).answer for seed in range(12)} == {"still", "direct"}


def test_a_user_tower_is_asked_about_only_where_somebody_has_a_history(open_page, tmp_path, monkeypatch):
    log = read_log(draw_import(tmp_path / "log", users=40, posts=50, rows=120))
    monkeypatch.setenv("PHOENIX_ARTIFACTS", str(save_logged(tmp_path / "toy", make_world(log, history_len=12))))
    app = open_page("study", view="check", question="user_tower", lang="en")
    assert not app.exception
    assert "needs a user with ten rows of history" in app.info[0].value


def test_a_change_that_leaves_the_history_as_it_is_is_no_option(recommender, monkeypatch):
    real = type(recommender).history

    def ends_with_a_repeat(self, user: int) -> pd.DataFrame:
        rows = real(self, user).iloc[:-1]
        return pd.concat([rows, rows.tail(1)], ignore_index=True)

    monkeypatch.setattr(type(recommender), "history", ends_with_a_repeat)
    assert set(measured.turns(5_001).degrees) == {"forget", "regret"}


def test_one_more_like_drops_nothing_while_there_is_room(recommender, monkeypatch):
    kind, lengths = type(recommender), []
    real, embed = kind.history, kind.embed_user

    def note(self, user: int, history: pd.DataFrame | None = None) -> np.ndarray:
        lengths.append(None if history is None else len(history))
        return embed(self, user, history)

    monkeypatch.setattr(kind, "history", lambda self, user: real(self, user).head(20))
    monkeypatch.setattr(kind, "embed_user", note)
    measured.like(5_001)
    assert lengths == [None, 21]


def test_what_the_user_tower_does_not_read_is_no_change_of_the_history():
    assert all(degrees > 0.01 for degrees in measured.turns(5).degrees.values())


@pytest.mark.parametrize("spot", [*code.RETRIEVAL, *code.RANKING], ids=lambda spot: spot.name)
def test_the_line_to_be_found_stands_in_the_function_once(spot):
    lines = code.lines_of(spot.function)
    assert [line for line in lines if spot.marker in line] != []
    assert sum(spot.marker in line for line in lines) == 1
    assert '"""' not in "".join(lines)


def test_a_cell_of_the_mask_stands_under_the_rule_that_sets_it():
    mask = build_attention_mask(3, 2)
    kinds = np.array([[masks.kind_of(i, j, context=4) for j in range(6)] for i in range(6)])
    assert {kind: set(mask[kinds == kind].tolist()) for kind in np.unique(kinds)} == {
        "context": {1},
        "read": {1},
        "itself": {1},
        "other": {0},
        "ahead": {0},
    }


def test_where_no_candidate_trades_one_action_for_another_there_is_no_weight_to_ask_for(recommender, monkeypatch):
    retrieve = measured._retrieve
    monkeypatch.setattr(measured, "_retrieve", lambda *asked: retrieve(*asked)[:1])
    with pytest.raises(measured.NothingToAskError, match="trade"):
        measured.pair(5_003, (0, 1))


def test_where_candidates_tie_none_is_said_to_come_first(recommender, monkeypatch):
    retrieve = measured._retrieve
    monkeypatch.setattr(measured, "_retrieve", lambda *asked: retrieve(*asked)[[0, 0, 0, 0]])
    with pytest.raises(measured.NothingToAskError, match="apart"):
        measured.products(5_003)


def test_two_posts_without_a_topic_do_not_have_it_in_common(recommender, monkeypatch):
    unknown = {"topic": np.full(recommender.world.num_posts, -1)}
    monkeypatch.setattr(measured, "_known_columns", lambda: unknown)
    with pytest.raises(measured.NothingToAskError, match="authors"):
        measured.neighbours(5_003)


@pytest.mark.parametrize(("lang", "liked"), [("en", "like"), ("zh", "赞")])
def test_a_log_whose_target_is_no_like_is_not_asked_about_likes(open_page, tmp_path, monkeypatch, lang, liked):
    names = [{"name": name, "sign": 1} for name in ("open", "buy", "keep")]
    log = read_log(draw_import(tmp_path / "log", names=names))
    monkeypatch.setenv("PHOENIX_ARTIFACTS", str(save_logged(tmp_path / "toy", make_world(log, history_len=12))))
    app = open_page("study", view="check", question="actions", lang=lang)
    assert not app.exception
    (asked,) = [element.value for element in app.main.markdown if "@" in element.value]
    assert f"{liked}d" not in asked
    assert "赞" not in asked


def test_shapes_that_are_the_same_are_one_option(recommender, monkeypatch):
    width = recommender.config.transformer.width
    for past, candidates, actions in ((10, 4, 15), (20, 5, width), (width - 4, 3, width)):
        found = (17, past, candidates, (candidates, actions))
        monkeypatch.setattr(measured, "output_shape", lambda _, found=found: found)
        asked = questions.ask("transformer", 1)
        assert len(set(asked.options.values())) == len(asked.options)
        assert asked.options[asked.answer] == f"`{[1, candidates, actions]}`"
