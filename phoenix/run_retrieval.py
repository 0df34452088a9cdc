"""Shows what retrieval finds for a user: the two towers, the search, the candidates.

Examples:
  uv run run_retrieval.py                 a default user
  python -m phoenix.run_retrieval --user 7 --k 20 --json
"""

import argparse
import functools
import sys
from typing import Any

import numpy as np
from rich.table import Table

from phoenix import command_words as words
from phoenix.actions import FAVORITE
from phoenix.command_line import Column, default_to, edited_history, fit_table, make_parser, run
from phoenix.defaults import DEFAULT_USER
from phoenix.world.topics import topic_name

DEFAULT_K = 10


def main(argv: list[str] | None = None) -> int:
    """Runs the command; returns the exit status."""
    arguments = make_parser(__doc__, default_k=DEFAULT_K).parse_args(argv)
    return run(lambda recommender: _retrieve(recommender, arguments), show=_show, as_json=arguments.json)


def _retrieve(recommender: Any, arguments: argparse.Namespace) -> dict[str, Any]:
    world, language = recommender.world, arguments.language
    user = default_to(arguments.user, DEFAULT_USER, most=world.num_users - 1)
    history = edited_history(recommender, user, arguments.history)
    found = recommender.retrieve(user, k=default_to(arguments.k, DEFAULT_K, most=world.num_posts), history=history)
    posts = world.posts.loc[found.post_ids]
    likes = world.true_probabilities(user, found.post_ids)[:, FAVORITE]
    followed = world.follows_authors_of(user, found.post_ids)
    texts = world.post_text(found.post_ids, language)
    rows = [
        {
            "rank": rank,
            "post": int(post),
            "similarity": round(float(score), 4),
            "topic": topic_name(int(posts.topic.iloc[rank - 1]), language),
            "format": str(posts.format.iloc[rank - 1]),
            "followed": bool(followed[rank - 1]),
            "true_favorite": round(float(likes[rank - 1]), 4),
            "text": texts[rank - 1],
        }
        for rank, (post, score) in enumerate(zip(found.post_ids, found.scores, strict=True), start=1)
    ]
    about = world.users.loc[user]
    return {
        "user": user,
        "language": language,
        "handle": about.handle,
        "persona": str(about.persona),
        "interests": [topic_name(int(t), language) for t in np.argsort(-world.interests[user])[:4]],
        "corpus": world.num_posts,
        "milliseconds": {stage: round(1000 * s, 3) for stage, s in found.seconds.items()},
        "candidates": rows,
    }


def _show(answer: dict[str, Any], width: int) -> list[Table]:
    rows, say = answer["candidates"], functools.partial(words.say, language=answer["language"])
    columns = [
        Column(say("rank"), [str(row["rank"]) for row in rows]),
        Column(say("post"), [str(row["post"]) for row in rows]),
        Column(say("similarity"), [f"{row['similarity']:.3f}" for row in rows], rank=1),
        Column(say("topic"), [row["topic"] for row in rows], rank=2),
        Column(say("format"), [say(f"format.{row['format']}") for row in rows], rank=5),
        Column(say("followed"), [say("yes") if row["followed"] else "" for row in rows], rank=4),
        Column(say("true_favorite"), [f"{row['true_favorite']:.3f}" for row in rows], rank=3),
        Column(say("text"), [row["text"] for row in rows]),
    ]
    about = {name: answer[name] for name in ("user", "handle", "corpus")}
    title = say(
        "retrieval.title",
        **about,
        persona=say(f"persona.{answer['persona']}"),
        interests=say("comma").join(answer["interests"]),
        count=len(rows),
    )
    return [
        fit_table(columns, width=width, title=title, milliseconds=answer["milliseconds"], language=answer["language"])
    ]


if __name__ == "__main__":
    sys.exit(main())
