"""Shows what the ranker predicts for a user: all probabilities of the best candidates, and their score.

Examples:
  uv run run_ranker.py                    a default user, the weights published in August 2026
  python -m phoenix.run_ranker --user 7 --k 5 --weights likes_only --json
"""

import argparse
import functools
import sys
from typing import Any

from rich.table import Table
from rich.text import Text

from phoenix import command_words as words
from phoenix.actions import X_ACTIONS
from phoenix.checks import check_whole
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

DEFAULT_K, DEFAULT_RETRIEVED = 6, 200
# Terminal columns of a table of probabilities: the actions' names with their frame, and each post's column.
_NAMES_WIDTH, _POST_WIDTH = 18, 10


def main(argv: list[str] | None = None) -> int:
    """Runs the command; returns the exit status."""
    parser = make_parser("phoenix.run_ranker", str(__doc__), default_k=DEFAULT_K)
    presets = ", ".join(X_ACTIONS.presets)
    parser.add_argument(
        "--weights", help=f"weight preset: {presets}; or one of an imported log's (default: x_2026; of a log balanced)"
    )
    parser.add_argument("--retrieved", type=int, help="candidates retrieved before ranking (default: 200)")
    arguments = parser.parse_args(argv)
    return run(
        lambda recommender: _make_feed(recommender, arguments),
        show=_show,
        as_json=arguments.json,
        device=arguments.device,
    )


def _make_feed(recommender: Any, arguments: argparse.Namespace) -> dict[str, Any]:
    world, language = recommender.world, arguments.language
    user = default_to(arguments.user, DEFAULT_USER, most=world.num_users - 1)
    retrieved = default_to(arguments.retrieved, DEFAULT_RETRIEVED, most=world.num_posts)
    check_whole("--retrieved", retrieved, least=1, most=world.num_posts, why=" (all posts)")
    top = default_to(arguments.k, DEFAULT_K, most=retrieved)
    check_whole("--k", top, least=1, most=retrieved, why=" (--retrieved)")
    history = edited_history(recommender, user, arguments.history)
    result = recommender.recommend(user, arguments.weights, k=retrieved, top=top, history=history)
    texts, known = world.post_text(result.feed, language), name_posts(world, result.feed, language)
    actions = recommender.actions
    rows = [
        {
            "rank": rank + 1,
            "post": int(result.ranking.post_ids[i]),
            "retrieval_rank": int(i) + 1,
            **known[rank],
            "score": float(result.stages.final[i]),
            "probabilities": {
                a: round(float(p), 6) for a, p in zip(actions.names, result.ranking.probabilities[i], strict=True)
            },
            "text": texts[rank],
        }
        for rank, i in enumerate(result.stages.order[:top])
    ]
    return {
        "user": user,
        "language": language,
        "handle": world.users.handle[user],
        "world": world.name,
        "weights": arguments.weights or actions.default_preset,
        "actions": {a: words.action_name(a, actions=actions, language=language) for a in actions.names},
        "candidates_ranked": len(result.ranking.post_ids),
        "milliseconds": {stage: round(1000 * s, 3) for stage, s in result.seconds.items()},
        "feed": rows,
    }


def _show(answer: dict[str, Any], width: int) -> list[Table]:
    feed, language = answer["feed"], answer["language"]
    say = functools.partial(words.say, language=language)
    columns = [
        Column(say("rank"), [str(row["rank"]) for row in feed]),
        Column(say("post"), [str(row["post"]) for row in feed]),
        Column(say("retrieval_rank"), [str(row["retrieval_rank"]) for row in feed], rank=3),
        *known_columns(feed, language),
        Column(say("score"), [f"{row['score']:.4f}" for row in feed], rank=1),
        Column(say("text"), [row["text"] for row in feed]),
    ]
    about = {name: answer[name] for name in ("user", "handle", "weights", "world")}
    title = say("ranker.title_log" if answer["world"] else "ranker.title", **about, count=answer["candidates_ranked"])
    table = fit_table(columns, width=width, title=title, milliseconds=answer["milliseconds"], language=language)
    together = max((width - _NAMES_WIDTH) // _POST_WIDTH, 1)
    parts = [feed[i : i + together] for i in range(0, len(feed), together)]
    return [table, *(_probabilities(part, language, names=answer["actions"]) for part in parts)]


def _probabilities(feed: list[dict[str, Any]], language: str, *, names: dict[str, str]) -> Table:
    table = Table(title=words.say("ranker.probabilities", language))
    table.add_column(words.say("action", language), no_wrap=True)
    for row in feed:
        table.add_column(f"#{row['rank']}", justify="right", no_wrap=True)
    for action, name in names.items():
        probabilities = (f"{row['probabilities'][action]:.5f}" for row in feed)
        table.add_row(Text(name), *probabilities)
    return table


if __name__ == "__main__":
    sys.exit(main())
