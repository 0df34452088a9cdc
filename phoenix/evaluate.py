"""Measures the artifacts against the oracle and writes metrics.json beside them.

Example: python -m phoenix.evaluate --users 600
"""

import argparse
import pathlib
import sys

from rich.console import Console
from rich.table import Table

from phoenix.command_line import UNUSABLE, add_device, complain, manual, open_output

QUALITY = ("recall_of_held_out_favorites", "favorite_probability_at")


def main(argv: list[str] | None = None) -> int:
    """Runs the command; returns the exit status."""
    arguments = parse_arguments(argv)
    from phoenix import devices
    from phoenix.environment import cache_folder
    from phoenix.evaluation.report import evaluate_artifacts
    from phoenix.kept_programs import keep_compilations

    output = open_output()
    if output is None:
        return UNUSABLE
    console = Console(stderr=True)
    try:
        console.print(f"On {devices.use(arguments.device)}", highlight=False, markup=False)
        keep_compilations(cache_folder())
        with console.status("loading") as status:
            metrics = evaluate_artifacts(arguments.artifacts, num_users=arguments.users, progress=status.update)
    except (ValueError, OSError) as error:  # ArtifactError is a ValueError
        return complain(str(error), status=1)
    except KeyboardInterrupt:
        return complain("Stopped; nothing was written.", status=130)
    output.print(summarise(metrics))
    return 0


def parse_arguments(argv: list[str] | None) -> argparse.Namespace:
    """Reads the command line."""
    parser = manual("phoenix.evaluate", str(__doc__))
    parser.add_argument("--artifacts", type=pathlib.Path, help="folder (default: PHOENIX_ARTIFACTS or the shipped one)")
    parser.add_argument("--users", type=int, default=600, help="trained users to measure on (default: 600)")
    add_device(parser)
    arguments = parser.parse_args(argv)
    if arguments.users < 1:
        parser.error(f"argument --users: must be at least 1, got {arguments.users}")
    return arguments


def summarise(metrics: dict) -> Table:
    """The main numbers as a table."""
    table = Table(title="Against the oracle")
    for column in ("what", "trained users", "held-out users"):
        table.add_column(column, justify="left" if column == "what" else "right")
    ranker, retrieval = metrics["ranker"], metrics["retrieval"]
    groups = ("trained", "held_out")
    rows: dict[str, list[float]] = {}
    for kind in ("logged", "served"):
        on = [ranker[g][kind] for g in groups]
        rows |= {
            f"ranker, share of the oracle's lift, pooled, {kind} impressions": [m["lift_share"]["pooled"] for m in on],
            f"the same, mean over users, {kind} impressions": [m["lift_share"]["per_user"] for m in on],
            f"mean predicted / mean true, least over actions, {kind}": [
                min(m["predicted_over_true"].values()) for m in on
            ],
            f"mean predicted / mean true, most over actions, {kind}": [
                max(m["predicted_over_true"].values()) for m in on
            ],
        }
    rows |= {
        "retrieval, P(favorite) gained at 100": [retrieval[g]["favorite_gain_at_100"] for g in groups],
        "feed value recovered, x_2026": [retrieval[g]["feed_value_recovered"]["x_2026"] for g in groups],
        "Kendall's tau, likes only against x_2026": [
            retrieval[g]["kendall_tau_likes_only_against_x_2026"] for g in groups
        ],
    }
    recalls, liked = ([retrieval[g][key]["100"] for g in groups] for key in QUALITY)
    rows |= {f"recall of held-out favorites at 100, {name}": [r[name] for r in recalls] for name in recalls[0]}
    rows |= {f"true P(favorite) of the first 100, {name}": [p[name] for p in liked] for name in liked[0]}
    for name, values in rows.items():
        table.add_row(name, *("–" if value is None else f"{value:.3f}" for value in values))
    return table


if __name__ == "__main__":
    sys.exit(main())
