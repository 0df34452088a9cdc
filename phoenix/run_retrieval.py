"""Shows what retrieval finds for a user: the two towers, the search, the candidates.

Examples:
  uv run run_retrieval.py                 a default user
  python -m phoenix.run_retrieval --user 7 --k 20 --json
"""

import argparse
import functools
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
from rich.table import Table

from phoenix import command_words as words
from phoenix.command_line import (
    Column,
    default_to,
    edited_history,
    fit_table,
    known_columns,
    make_parser,
    name_posts,
    run,
)
from phoenix.defaults import DEFAULT_USER
from phoenix.world import AnyWorld

DEFAULT_K = 10


def main(argv: list[str] | None = None) -> int:
    """Runs the command; returns the exit status."""
    arguments = make_parser("phoenix.run_retrieval", str(__doc__), default_k=DEFAULT_K).parse_args(argv)
    return run(
        lambda recommender: _retrieve(recommender, arguments),
        show=_show,
        as_json=arguments.json,
        device=arguments.device,
    )


def _retrieve(recommender: Any, arguments: argparse.Namespace) -> dict[str, Any]:
    world, language = recommender.world, arguments.language
    user = default_to(arguments.user, DEFAULT_USER, most=world.num_users - 1)
    history = edited_history(recommender, user, arguments.history)
    found = recommender.retrieve(user, k=default_to(arguments.k, DEFAULT_K, most=world.num_posts), history=history)
    known, texts = _what_is_known(world, user, found.post_ids, language), world.post_text(found.post_ids, language)
    rows = [
        {"rank": rank, "post": int(post), "similarity": round(float(score), 4), **known[rank - 1], "text": text}
        for rank, (post, score, text) in enumerate(zip(found.post_ids, found.scores, texts, strict=True), start=1)
    ]
    return {
        "user": user,
        "language": language,
        "handle": world.users.handle[user],
        "world": world.name,
        **_who_it_is(world, user, language),
        "corpus": world.num_posts,
        "milliseconds": {stage: round(1000 * s, 3) for stage, s in found.seconds.items()},
        "candidates": rows,
    }


def _what_is_known(world: AnyWorld, user: int, post_ids: np.ndarray, language: str) -> list[dict[str, Any]]:
    """Of each post what this world knows."""
    columns: dict[str, list[Any]] = {}
    if world.knows("formats"):
        columns["format"] = world.posts.loc[post_ids, "format"].astype(str).tolist()
    if world.knows("follows"):
        columns["followed"] = world.follows_authors_of(user, post_ids).tolist()
    if world.truth:
        likes = world.truth.true_probabilities(user, post_ids)[:, world.actions.target]
        columns["true_favorite"] = likes.round(4).tolist()
    return [
        row | {key: column[place] for key, column in columns.items()}
        for place, row in enumerate(name_posts(world, post_ids, language))
    ]


def _who_it_is(world: AnyWorld, user: int, language: str) -> dict[str, Any]:
    """The persona and the interests that a synthetic user truly has."""
    if world.truth is None:
        return {}
    names, interests = world.topic_names(language), world.truth.interests[user]
    strongest = [names[topic] for topic in np.argsort(-interests)[:4] if interests[topic] > 0]
    return {"persona": str(world.users.persona[user]), "interests": strongest}


def _show(answer: dict[str, Any], width: int) -> list[Table]:
    rows, say = answer["candidates"], functools.partial(words.say, language=answer["language"])
    columns = [
        Column(say("rank"), [str(row["rank"]) for row in rows]),
        Column(say("post"), [str(row["post"]) for row in rows]),
        Column(say("similarity"), [f"{row['similarity']:.3f}" for row in rows], rank=1),
        *known_columns(rows, answer["language"]),
        *_optional_columns(rows, say),
        Column(say("text"), [row["text"] for row in rows]),
    ]
    about = {name: answer[name] for name in ("user", "handle", "corpus", "world")} | {"count": len(rows)}
    if "persona" in answer:
        person = {"persona": say(f"persona.{answer['persona']}"), "interests": say("comma").join(answer["interests"])}
        title = say("retrieval.title", **about, **person)
    else:
        title = say("retrieval.title_log", **about)
    return [
        fit_table(columns, width=width, title=title, milliseconds=answer["milliseconds"], language=answer["language"])
    ]


def _optional_columns(rows: list[dict[str, Any]], say: Callable[..., str]) -> list[Column]:
    """Format, follow and truth, where the world knows them."""
    columns = {
        "format": (5, lambda value: say(f"format.{value}")),
        "followed": (4, lambda value: say("yes") if value else ""),
        "true_favorite": (3, lambda value: f"{value:.3f}"),
    }
    return [
        Column(say(key), [show(row[key]) for row in rows], rank)
        for key, (rank, show) in columns.items()
        if rows and key in rows[0]
    ]


if __name__ == "__main__":
    sys.exit(main())
