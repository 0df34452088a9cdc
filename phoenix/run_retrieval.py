"""Shows what retrieval finds for a user: the two towers, the search, the candidates.

Examples:
  uv run run_retrieval.py                 a default user
  python -m phoenix.run_retrieval --user 7 --k 20 --json
"""

import sys
from typing import Any

import numpy as np
from rich.table import Table

from phoenix.command_line import make_parser, run
from phoenix.world.topics import topic_name


def main(argv: list[str] | None = None) -> int:
    """Runs the command; returns the exit status."""
    arguments = make_parser(__doc__, default_k=10).parse_args(argv)

    def work(recommender: Any) -> tuple[dict[str, Any], list[Table]]:
        world, language = recommender.world, arguments.language
        found = recommender.retrieve(arguments.user, k=arguments.k)
        posts = world.posts.loc[found.post_ids]
        likes = world.true_probabilities(arguments.user, found.post_ids)[:, 0]
        followed = world.follows_authors_of(arguments.user, found.post_ids)
        texts = world.post_text(found.post_ids, language)
        interests = [topic_name(int(t), language) for t in np.argsort(-world.interests[arguments.user])[:4]]
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
        user = world.users.loc[arguments.user]
        data = {
            "user": arguments.user,
            "handle": user.handle,
            "persona": str(user.persona),
            "interests": interests,
            "corpus": world.num_posts,
            "milliseconds": {stage: round(1000 * s, 3) for stage, s in found.seconds.items()},
            "candidates": rows,
        }
        return data, _tables(data)

    return run(work, as_json=arguments.json)


def _tables(data: dict[str, Any]) -> list[Any]:
    title = (
        f"User {data['user']} (@{data['handle']}, {data['persona']}; interests: {', '.join(data['interests'])})\n"
        f"nearest {len(data['candidates'])} of {data['corpus']:,} posts by dot product"
    )
    table = Table(title=title, caption="  ".join(f"{k} {v:.1f} ms" for k, v in data["milliseconds"].items()))
    for name in ("rank", "post", "similarity", "topic", "format", "followed", "true P(favorite)", "text"):
        table.add_column(name, no_wrap=name != "text")
    for row in data["candidates"]:
        table.add_row(
            str(row["rank"]),
            str(row["post"]),
            f"{row['similarity']:.3f}",
            row["topic"],
            row["format"],
            "yes" if row["followed"] else "",
            f"{row['true_favorite']:.3f}",
            row["text"],
        )
    return [table]


if __name__ == "__main__":
    sys.exit(main())
