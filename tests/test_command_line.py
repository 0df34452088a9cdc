"""The commands: readable by default, JSON on request, a sentence and status 2 for wrong input."""

import importlib.metadata
import json
import pathlib
import re
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from rich.cells import cell_len
from rich.console import Console

from phoenix import command_line, run_ranker, run_retrieval
from phoenix.actions import ACTIONS
from phoenix.checkpoint import ArtifactError
from phoenix.defaults import DEFAULT_USER
from phoenix.serving import Recommender

COMMANDS = {"retrieval": run_retrieval.main, "ranker": run_ranker.main}


@pytest.fixture(scope="module")
def loaded() -> Recommender:
    return Recommender.load()


@pytest.fixture
def recommender(loaded, monkeypatch) -> Recommender:
    """Commands run on one recommender that is loaded once."""
    monkeypatch.setattr(Recommender, "load", lambda: loaded)
    return loaded


@pytest.mark.parametrize("language", ["en", "zh"])
def test_retrieval_as_json(recommender, capsys, language):
    assert run_retrieval.main(["--user", "7", "--k", "3", "--json", "--language", language]) == 0
    data = json.loads(capsys.readouterr().out)
    found = recommender.retrieve(7, k=3)
    assert (data["user"], data["corpus"]) == (7, recommender.world.num_posts)
    assert [row["post"] for row in data["candidates"]] == found.post_ids.tolist()
    assert [row["rank"] for row in data["candidates"]] == [1, 2, 3]
    assert [row["text"] for row in data["candidates"]] == recommender.world.post_text(found.post_ids, language)
    for row, score in zip(data["candidates"], found.scores, strict=True):
        assert row["similarity"] == pytest.approx(float(score), abs=1e-4)


def test_ranker_as_json(recommender, capsys):
    assert run_ranker.main(["--user", "7", "--k", "4", "--weights", "likes_only", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    result = recommender.recommend(7, "likes_only", k=200, top=4)
    assert [row["post"] for row in data["feed"]] == result.feed.tolist()
    assert (data["weights"], data["candidates_ranked"]) == ("likes_only", 200)
    for row in data["feed"]:
        assert list(row["probabilities"]) == list(ACTIONS)
        index = row["retrieval_rank"] - 1
        assert result.retrieval.post_ids[index] == row["post"]
        assert row["probabilities"]["dwell"] == pytest.approx(result.ranking.probabilities[index, 9], abs=1e-5)
    scores = [row["score"] for row in data["feed"]]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("command", COMMANDS)
def test_an_edited_history_is_asked_about_as_the_apps_address_has_it(recommender, capsys, command):
    assert COMMANDS[command](["--user", "7", "--history", "7,of42", "--k", "3", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    made = recommender.recommend(7, history=recommender.history(42))
    expected = made.feed if "feed" in data else made.retrieval.post_ids
    assert [row["post"] for row in data.get("feed", data.get("candidates"))] == expected[:3].tolist()


@pytest.mark.parametrize("command", COMMANDS)
def test_without_arguments_a_default_user_is_shown(recommender, capsys, command):
    assert COMMANDS[command]([]) == 0
    shown = capsys.readouterr()
    assert f"User {DEFAULT_USER}" in shown.out
    assert recommender.world.users.handle[DEFAULT_USER] in shown.out
    assert shown.err == ""


def test_the_ranker_prints_every_action_with_at_least_three_decimals(recommender, capsys):
    run_ranker.main(["--k", "2"])
    lines = capsys.readouterr().out.splitlines()
    result = recommender.recommend(DEFAULT_USER, k=200, top=2)
    for number, action in enumerate(ACTIONS):
        (line,) = [line for line in lines if line.split("│")[1:2] and line.split("│")[1].strip() == action]
        cells = [cell.strip() for cell in line.split("│")[2:4]]
        for cell, place in zip(cells, result.stages.order[:2], strict=True):
            assert len(cell.split(".")[1]) >= 3
            assert float(cell) == pytest.approx(result.ranking.probabilities[place, number], abs=1e-4)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--user", "-1"], "Unknown user -1: user ids are whole numbers from 0 to 9999"),
        (["--user", "10000", "--json"], "Unknown user 10000: user ids are whole numbers"),
        (["--user", "7", "--history", "42,-3"], "belongs to user 42, not to user 7"),
        (["--k", "0"], "must be a whole number from 1 to"),
        (["--k", "1000000"], "must be a whole number from 1 to"),
    ],
)
def test_wrong_input_gives_status_2_and_a_sentence(recommender, capsys, command, arguments, sentence):
    assert COMMANDS[command](arguments) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert sentence in " ".join(shown.err.split())


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--k", "300"], "--k must be a whole number from 1 to 200 (--retrieved), got 300"),
        (["--retrieved", "0"], "--retrieved must be a whole number from 1 to"),
    ],
)
def test_what_is_wrong_with_an_option_of_the_ranker_is_said_by_its_name(recommender, capsys, arguments, sentence):
    assert run_ranker.main(arguments) == 2
    assert sentence in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("arguments", [["--user", "somebody"], ["--k", "few"], ["--language", "fr"], ["--what"]])
def test_arguments_that_cannot_be_read_give_status_2(recommender, capsys, command, arguments):
    with pytest.raises(SystemExit) as caught:
        COMMANDS[command](arguments)
    assert caught.value.code == 2
    assert arguments[0] in capsys.readouterr().err


def test_damaged_artifacts_give_status_2_and_the_sentence_as_it_is(monkeypatch, capsys):
    sentence = "/srv/[bold]models[/x]/world.safetensors does not exist."

    def refuse() -> None:
        raise ArtifactError(sentence)

    monkeypatch.setattr(Recommender, "load", refuse)
    assert run_ranker.main([]) == 2
    assert sentence in capsys.readouterr().err.replace("\n", "")


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_that_is_interrupted_says_so(monkeypatch, capsys, command):
    def interrupted():
        raise KeyboardInterrupt

    monkeypatch.setattr(Recommender, "load", interrupted)
    assert COMMANDS[command]([]) == 130
    assert capsys.readouterr().err == "Stopped.\n"


def test_what_is_asked_for_is_what_is_compiled_and_timed(recommender, monkeypatch, capsys):
    asked = []

    class Spy:
        world = recommender.world

        def retrieve(self, user, *, k, history):
            asked.append((user, k))
            return recommender.retrieve(user, k=k)

    monkeypatch.setattr(Recommender, "load", Spy)
    assert run_retrieval.main(["--user", "7", "--k", "3"]) == 0
    assert asked == [(7, 3)] * 2


class SmallRecommender:
    """Stands for a world of 5 users and 3 posts."""

    def __init__(self):
        self.world, self.asked = SimpleNamespace(num_users=5, num_posts=3), []

    def retrieve(self, user, *, k, history):
        self.asked.append((user, k))
        raise ValueError("enough")

    def recommend(self, user, weights, *, k, top, history):
        self.asked.append((user, k, top))
        raise ValueError("enough")


@pytest.mark.parametrize(("command", "asked"), [("retrieval", (4, 3)), ("ranker", (4, 3, 3))])
def test_defaults_fit_a_small_world(monkeypatch, capsys, command, asked):
    small = SmallRecommender()
    monkeypatch.setattr(Recommender, "load", lambda: small)
    assert COMMANDS[command]([]) == 2
    assert small.asked == [asked]
    assert capsys.readouterr().err == "enough\n"


def test_no_module_hides_one_of_python_or_of_a_dependency(repository):
    ours = {
        path.stem if path.suffix == ".py" else path.name
        for path in pathlib.Path(repository / "phoenix").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    } - {"__init__"}
    assert {"world", "training", "serving", "checkpoint"} <= ours
    installed = set(importlib.metadata.packages_distributions())
    assert {"numpy", "jax", "faiss", "haiku"} <= installed
    assert not ours & set(sys.stdlib_module_names)
    assert not ours & installed


@pytest.mark.parametrize("width", [40, 80, 100, 140])
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("command", COMMANDS)
def test_tables_keep_post_ids_and_texts_in_narrow_terminals(recommender, monkeypatch, capsys, command, language, width):
    monkeypatch.setattr(command_line, "PIPE_WIDTH", width)
    assert COMMANDS[command](["--user", "7", "--k", "3", "--language", language]) == 0
    shown = capsys.readouterr().out
    assert max(map(cell_len, shown.splitlines())) <= width
    posts = recommender.retrieve(7, k=3).post_ids if command == "retrieval" else recommender.recommend(7, top=3).feed
    rows = [line.split("│") for line in shown.splitlines() if line.count("│") > 2]
    texts = {int(row[2]): row[-2].strip() for row in rows if row[2].strip().isdigit()}
    assert list(texts) == posts.tolist()
    for text, full in zip(texts.values(), recommender.world.post_text(posts, language), strict=True):
        assert len(text) >= 8
        assert full.startswith(text)


def test_what_a_narrow_terminal_leaves_out_is_named(recommender, monkeypatch, capsys):
    monkeypatch.setattr(command_line, "PIPE_WIDTH", 60)
    run_retrieval.main(["--k", "2"])
    shown = " ".join(capsys.readouterr().out.split())
    assert "A wider terminal also shows: " in shown
    for column in ("format", "followed", "true P(favorite)"):
        assert column in shown


@pytest.mark.parametrize("command", COMMANDS)
def test_chinese_headings_and_names_stand_around_chinese_texts(recommender, capsys, command):
    assert COMMANDS[command](["--user", "7", "--k", "2", "--language", "zh"]) == 0
    shown = capsys.readouterr().out
    for words in ("名次", "用户 7（@", "相似度搜索"):
        assert words in shown
    around = [line for line in shown.splitlines() if "│" not in line]  # a post may name something in English
    bare = "\n".join(around).replace(recommender.world.users.handle[7], "")
    assert set(re.findall("[A-Za-z_]{3,}", bare)) <= {"Transformer", "cpu", "sigmoid", "x_2026"}


@pytest.mark.parametrize("width", [40, 80])
def test_every_probability_is_printed_whole_in_a_narrow_terminal(recommender, monkeypatch, capsys, width):
    monkeypatch.setattr(command_line, "PIPE_WIDTH", width)
    run_ranker.main(["--k", "8"])
    shown = capsys.readouterr().out
    result = recommender.recommend(DEFAULT_USER, top=8)
    for place in result.stages.order[:8]:
        for probability in result.ranking.probabilities[place]:
            assert f" {round(float(probability), 6):.5f} " in shown


def test_texts_of_a_log_are_printed_as_they_are(capsys):
    columns = [command_line.Column("post", ["[/i] 1"]), command_line.Column("text", ["see [/b], [red] and :100:"])]
    about = {"width": 140, "title": "User 7 ([/x] in [log].csv)", "milliseconds": {}, "language": "en"}
    row = {"rank": 1, "probabilities": {"[/a]": 0.5}}
    for made in (
        command_line.fit_table(columns, **about),
        run_ranker._probabilities([row], "en", names={"[/a]": "[/a]"}),
    ):
        Console(width=140).print(made)
    out = capsys.readouterr().out
    for text in ("[/i] 1", "see [/b], [red] and :100:", "User 7 ([/x] in [log].csv)", "[/a]"):
        assert text in out


def test_what_a_user_does_not_care_for_is_no_interest(recommender, capsys):
    interests = recommender.world.interests
    user = int(np.flatnonzero((interests > 0).sum(axis=1) < 4)[0])
    assert run_retrieval.main(["--user", str(user), "--k", "1", "--json"]) == 0
    names = recommender.world.topic_names("en")
    liked = {names[topic] for topic in np.flatnonzero(interests[user] > 0)}
    assert set(json.loads(capsys.readouterr().out)["interests"]) == liked
