"""Shows what the ranker predicts for a user: all fifteen probabilities of the best candidates, and their score.

Examples:
  uv run run_ranker.py                    a default user, the published weights of 2026
  python -m phoenix.run_ranker --user 7 --k 5 --weights likes_only --json
"""

import sys
from typing import Any

from rich.table import Table

from phoenix.actions import ACTIONS, DEFAULT_PRESET, PRESETS
from phoenix.command_line import make_parser, run
from phoenix.world.topics import topic_name


def main(argv: list[str] | None = None) -> int:
    """Runs the command; returns the exit status."""
    parser = make_parser(__doc__, default_k=6)
    parser.add_argument("--weights", choices=PRESETS, default=DEFAULT_PRESET, help="weight preset")
    parser.add_argument("--retrieved", type=int, default=200, help="candidates retrieved before ranking (default: 200)")
    arguments = parser.parse_args(argv)

    def work(recommender: Any) -> tuple[dict[str, Any], list[Table]]:
        world, language = recommender.world, arguments.language
        result = recommender.recommend(arguments.user, arguments.weights, k=arguments.retrieved, top=arguments.k)
        texts = world.post_text(result.feed, language)
        order = result.stages.order[: arguments.k]
        rows = [
            {
                "rank": rank + 1,
                "post": int(result.ranking.post_ids[i]),
                "retrieval_rank": int(i) + 1,
                "topic": topic_name(int(world.posts.topic.iloc[result.ranking.post_ids[i]]), language),
                "score": float(result.stages.final[i]),
                "probabilities": {
                    a: round(float(p), 6) for a, p in zip(ACTIONS, result.ranking.probabilities[i], strict=True)
                },
                "text": texts[rank],
            }
            for rank, i in enumerate(order)
        ]
        data = {
            "user": arguments.user,
            "handle": world.users.handle[arguments.user],
            "weights": arguments.weights,
            "candidates_ranked": len(result.ranking.post_ids),
            "milliseconds": {stage: round(1000 * s, 3) for stage, s in result.seconds.items()},
            "feed": rows,
        }
        return data, _tables(data)

    return run(work, as_json=arguments.json)


def _tables(data: dict[str, Any]) -> list[Table]:
    feed = Table(
        title=f"User {data['user']} (@{data['handle']}): best of {data['candidates_ranked']} by {data['weights']}",
        caption="  ".join(f"{stage} {ms:.1f} ms" for stage, ms in data["milliseconds"].items()),
    )
    for name in ("rank", "post", "retrieval rank", "topic", "score", "text"):
        feed.add_column(name, no_wrap=name != "text")
    probabilities = Table(title="P(action), one sigmoid for each action: a column need not sum to 1")
    probabilities.add_column("action", no_wrap=True)
    for row in data["feed"]:
        feed.add_row(
            str(row["rank"]),
            str(row["post"]),
            str(row["retrieval_rank"]),
            row["topic"],
            f"{row['score']:.4f}",
            row["text"],
        )
        probabilities.add_column(f"#{row['rank']}", justify="right")
    for action in ACTIONS:
        probabilities.add_row(action, *(f"{row['probabilities'][action]:.5f}" for row in data["feed"]))
    return [feed, probabilities]


if __name__ == "__main__":
    sys.exit(main())
