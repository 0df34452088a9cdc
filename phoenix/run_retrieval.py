"""Shows what retrieval finds for a user: the two towers, the search, the candidates.

Examples:
  uv run run_retrieval.py                 a default user
  python -m phoenix.run_retrieval --user 7 --k 20 --json
"""

import argparse
import sys
from typing import Any

import numpy as np
from rich.table import Table

from phoenix.actions import FAVORITE
from phoenix.command_line import DEFAULT_USER, Column, default_to, fit_table, make_parser, run
from phoenix.world.topics import topic_name

DEFAULT_K = 10


def main(argv: list[str] | None = None) -> int:
    """Runs the command; returns the exit status."""
    arguments = make_parser(__doc__, default_k=DEFAULT_K).parse_args(argv)
    return run(lambda recommender: _retrieve(recommender, arguments), show=_show, as_json=arguments.json)


def _retrieve(recommender: Any, arguments: argparse.Namespace) -> dict[str, Any]:
    world, language = recommender.world, arguments.language
    user = default_to(arguments.user, DEFAULT_USER, most=world.num_users - 1)
    found = recommender.retrieve(user, k=default_to(arguments.k, DEFAULT_K, most=world.num_posts))
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
        "handle": about.handle,
        "persona": str(about.persona),
        "interests": [topic_name(int(t), language) for t in np.argsort(-world.interests[user])[:4]],
        "corpus": world.num_posts,
        "milliseconds": {stage: round(1000 * s, 3) for stage, s in found.seconds.items()},
        "candidates": rows,
    }


def _show(answer: dict[str, Any], width: int) -> list[Table]:
    rows = answer["candidates"]
    columns = [
        Column("rank", [str(row["rank"]) for row in rows]),
        Column("post", [str(row["post"]) for row in rows]),
        Column("similarity", [f"{row['similarity']:.3f}" for row in rows], rank=1),
        Column("topic", [row["topic"] for row in rows], rank=2),
        Column("format", [row["format"] for row in rows], rank=5),
        Column("followed", ["yes" if row["followed"] else "" for row in rows], rank=4),
        Column("true P(favorite)", [f"{row['true_favorite']:.3f}" for row in rows], rank=3),
        Column("text", [row["text"] for row in rows]),
    ]
    title = (
        f"User {answer['user']} (@{answer['handle']}, {answer['persona']}; interests: "
        f"{', '.join(answer['interests'])})\nnearest {len(rows)} of {answer['corpus']:,} posts by dot product"
    )
    caption = "  ".join(f"{stage} {ms:.1f} ms" for stage, ms in answer["milliseconds"].items())
    return [fit_table(columns, width=width, title=title, caption=caption)]


if __name__ == "__main__":
    sys.exit(main())
