"""What the commands share: arguments, loading, output that any terminal and pipe can take, errors as sentences."""

import argparse
import json
import pathlib
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from phoenix.command_words import LANGUAGES, say
from phoenix.defaults import DEFAULT_USER
from phoenix.environment import DEVICES

UNUSABLE = 2  # exit status, as argparse has it
PIPE_WIDTH = 140  # of tables that nobody sees in a terminal
# module of `phoenix` → what the installed command calls it
_INSTALLED = {"run_retrieval": "retrieve", "run_ranker": "rank"} | {
    name: name for name in ("train", "evaluate", "data", "explore", "interop")
}
_LEAST_TEXT = 24  # columns of a terminal that the text of a post should have


def make_parser(module: str, text: str, *, default_k: int) -> argparse.ArgumentParser:
    """`manual` with the options that both demonstration commands have; `default_to` puts in what was left out."""
    parser = manual(module, text)
    parser.add_argument("--user", type=int, help=f"user id (default: {DEFAULT_USER})")
    parser.add_argument("--history", help="an edit of the history, as the app's address has it (h=…)")
    parser.add_argument("--k", type=int, help=f"how many posts (default: {default_k})")
    parser.add_argument("--language", choices=LANGUAGES, default="en", help="of headings and of the posts' text")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    add_device(parser)
    return parser


def add_device(parser: argparse.ArgumentParser) -> None:
    """Adds `--device`."""
    text = "what to compute on (default: PHOENIX_DEVICE, or the best that there is)"
    parser.add_argument("--device", choices=DEVICES, help=text)


def manual(module: str, text: str) -> argparse.ArgumentParser:
    """A parser that names the command as it was called: `python -m module`, or `phoenix-explorer name`.

    Args:
      module: what `python -m` runs.
      text: its manual, with examples under `python -m`.
    """
    called = pathlib.Path(sys.argv[0]).name  # `dashboard.command` sets it
    if called.startswith("phoenix-explorer "):
        text = re.sub(r"python -m phoenix\.(\w+)", lambda found: f"phoenix-explorer {_INSTALLED[found[1]]}", text)
    else:
        called = f"python -m {module}"
    return argparse.ArgumentParser(prog=called, description=text, formatter_class=argparse.RawDescriptionHelpFormatter)


def default_to(given: int | None, default: int, *, most: int) -> int:
    """What was given, or else a default that a small world may be too small for."""
    return min(default, most) if given is None else given


def edited_history(recommender: Any, user: int, edit: str | None) -> Any:
    """What the recommender takes as `history=`; None for the user's own.

    Raises:
      UnusableEditError: the text is none, or names what is not there.
    """
    from phoenix.analysis import edit_text, edits

    if edit is None:
        return None
    return edits.apply(recommender, edit_text.from_text(edit, user_id=user, actions=recommender.actions))


def run(
    work: Callable[[Any], dict[str, Any]],
    *,
    show: Callable[[dict[str, Any], int], Sequence[RenderableType]],
    as_json: bool,
    device: str | None = None,
) -> int:
    """Loads the recommender, asks it, and prints the answer.

    Args:
      work: work(recommender) → the answer, anything that JSON can hold.
      show: show(answer, width) → the answer as tables for a terminal of this many columns.
      as_json: print JSON instead.
      device: what to compute on; the answer says what it was.

    Returns:
      Exit status: 0, or `UNUSABLE` when the input, the artifacts or standard output cannot be used; the reason goes to
      standard error.
    """
    from phoenix import devices
    from phoenix.environment import cache_folder
    from phoenix.kept_programs import keep_compilations
    from phoenix.serving import Recommender

    console = open_output()
    if console is None:
        return UNUSABLE
    try:
        used = devices.use(device)
        keep_compilations(cache_folder())
        recommender = Recommender.load()
        work(recommender)  # compiles just what is asked for, so that what is timed below is the work itself
        answer = work(recommender) | {"device": used}
    except (ValueError, OSError) as error:
        return complain(str(error))
    except KeyboardInterrupt:
        return complain("Stopped.", status=130)
    if as_json:
        # A stream without Unicode gets escapes: the same JSON.
        text = json.dumps(answer, ensure_ascii=not console.encoding.startswith("utf"), indent=2)
        console.out(text, highlight=False)
    else:
        for table in show(answer, console.width):
            console.print(table)
        console.print(say("device", answer.get("language", "en"), device=used), highlight=False, markup=False)
    return 0


def open_output() -> Console | None:
    """Standard output as a console that prints what its encoding lacks as `?`; None, with a complaint, if it is closed.

    If the reader of a pipe leaves early, as `head` does, the command ends with status 1 and no message.
    """
    if sys.stdout is None:
        complain("Standard output is closed: there is nowhere to print to.")
        return None
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")
    return Console(width=None if sys.stdout.isatty() else PIPE_WIDTH)


def complain(reason: str, *, status: int = UNUSABLE) -> int:
    """Prints a sentence to standard error; returns the exit status."""
    Console(stderr=True).print(reason, style="red", highlight=False, markup=False, soft_wrap=True)
    return status


def name_posts(world: Any, post_ids: Sequence[int], language: str) -> list[dict[str, str]]:
    """What the world says of each post besides its text: the name that a log has for it, and its topic."""
    rows, named = world.posts.loc[post_ids], [{} for _ in post_ids]
    if "handle" in rows:
        named = [{"item": str(handle)} for handle in rows["handle"]]
    if world.knows("topics"):
        names = (*world.topic_names(language), "")  # -1, no topic, is the last
        named = [row | {"topic": names[topic]} for row, topic in zip(named, rows["topic"], strict=True)]
    return named


class Column(NamedTuple):
    """A column of a table.

    Attributes:
      name: its heading.
      cells: one for each row.
      rank: from 0, which stays in the narrowest terminal, upwards.
    """

    name: str
    cells: Sequence[str]
    rank: int = 0


def known_columns(rows: Sequence[Mapping[str, Any]], language: str) -> list[Column]:
    """Columns for what `name_posts` found."""
    ranks = {"item": 0, "topic": 2}
    return [
        Column(say(key, language), [row[key] for row in rows], rank)
        for key, rank in ranks.items()
        if rows and key in rows[0]
    ]


def fit_table(
    columns: Sequence[Column], *, width: int, title: str, milliseconds: Mapping[str, float], language: str
) -> Table:
    """A table whose last column, a text that may wrap, keeps room in a narrow terminal.

    Columns are left out, those of the highest rank first, until the text has room; the caption names them.

    Args:
      columns: what there is to show.
      width: of the terminal.
      title: above the table.
      milliseconds: that each stage took, for the caption below it.
      language: of the caption.
    """
    *others, text = columns
    while _least_width([*others, text]) > width and any(column.rank for column in others):
        others.remove(max(others, key=lambda column: column.rank))
    left_out = [column.name for column in columns if column not in [*others, text]]
    caption = "  ".join(f"{say(f'stage.{stage}', language)} {ms:.1f} ms" for stage, ms in milliseconds.items())
    if left_out:
        caption += "\n" + say("left_out", language, names=say("comma", language).join(left_out))
    table = Table(title=Text(title, "table.title"), caption=caption)
    for column in [*others, text]:
        table.add_column(column.name, no_wrap=column is not text, overflow="fold")
    for row in zip(*(column.cells for column in [*others, text]), strict=True):
        table.add_row(*map(Text, row))
    return table


def _least_width(columns: Sequence[Column]) -> int:
    """Terminal columns that a table needs; its last column can do with `_LEAST_TEXT`."""
    needed = [max(map(cell_len, [column.name, *column.cells])) for column in columns[:-1]]
    return sum(needed) + _LEAST_TEXT + 3 * len(columns) + 1  # a space on each side and a line between
