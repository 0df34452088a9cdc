"""Looks at a log, checks it, and makes a world of it that the models can be trained in.

Examples:
  python -m phoenix.data mapping log.csv > my.toml         look at the head, write a mapping to start from
  python -m phoenix.data check log.csv --mapping my.toml   read everything, write nothing
  python -m phoenix.data import log.csv --mapping my.toml --out .explore/mine/log

--mapping also takes the name of one that comes with the program: {shipped}.
"""

import argparse
import json
import pathlib
import sys

from rich.console import Console

from phoenix.command_line import UNUSABLE, complain, manual, open_output
from phoenix.data import mapping_file, shipped
from phoenix.data.words import LANGUAGES, DataError, say

BAD = 1  # exit status of a check that found bad rows, and of an import that refused them


def main(argv: list[str] | None = None) -> int:
    """Runs the command; returns the exit status."""
    arguments = parse_arguments(argv)
    console = open_output()
    if console is None:
        return UNUSABLE
    try:
        return {"check": _check, "import": _import, "mapping": _mapping}[arguments.command](arguments, console)
    except DataError as error:
        return complain(error.say(arguments.language))
    except (ValueError, OSError) as error:
        return complain(str(error))
    except KeyboardInterrupt:
        return complain(say("stopped", arguments.language), status=130)


def parse_arguments(argv: list[str] | None) -> argparse.Namespace:
    """Reads the command line."""
    parser = manual("phoenix.data", str(__doc__).format(shipped=", ".join(shipped.names())))
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in (
        ("check", "read all of a log and say what is in it"),
        ("import", "read all of a log into a folder"),
        ("mapping", "write a mapping to start from"),
    ):
        command = commands.add_parser(name, help=text, description=text)
        command.add_argument("file", type=pathlib.Path, help="CSV, TSV, JSON lines or Parquet")
        command.add_argument("--language", choices=LANGUAGES, default="en", help="of what is said")
        if name != "mapping":
            command.add_argument(
                "--mapping", help="a TOML file or a name; left out, mapping.toml beside the file, or a guess"
            )
            command.add_argument("--json", action="store_true", help="print JSON instead of tables")
        if name == "import":
            command.add_argument("--out", type=pathlib.Path, required=True, help="folder for the world")
            command.add_argument("--bad-rows", choices=("refuse", "drop"), default="refuse", help="(default: refuse)")
    return parser.parse_args(argv)


def _check(arguments: argparse.Namespace, console: Console) -> int:
    from phoenix.data.importing import check

    mapping = _load(arguments)
    findings = check(arguments.file, mapping)
    if not findings.impressions:
        _print(arguments, console, findings, mapping, "")
        raise DataError("file.no_good_rows", file=arguments.file, rows=findings.rows)
    done = "done.check_bad" if findings.bad else "done.check"
    _print(arguments, console, findings, mapping, say(done, arguments.language))
    return BAD if findings.bad else 0


def _import(arguments: argparse.Namespace, console: Console) -> int:
    from phoenix.data.importing import RefusedError, import_log, is_imported

    mapping, how = _load(arguments), {"bad_rows": arguments.bad_rows}
    if not arguments.json and is_imported(arguments.file, mapping, arguments.out, **how):
        console.out(say("done.unchanged", arguments.language, folder=arguments.out), highlight=False)
        return 0
    try:
        findings = import_log(arguments.file, mapping, arguments.out, **how)
    except RefusedError as error:
        _print(arguments, console, error.findings, mapping, "")
        return complain(error.say(arguments.language), status=BAD)
    _print(arguments, console, findings, mapping, say("done.import", arguments.language, folder=arguments.out))
    return 0


def _mapping(arguments: argparse.Namespace, console: Console) -> int:
    from phoenix.data.guess import guess_text

    console.out(guess_text(arguments.file, arguments.language), highlight=False, end="")
    return 0


def _load(arguments: argparse.Namespace) -> "mapping_file.Mapping":
    """The mapping that is named, one beside the file, or a guess."""
    if arguments.mapping is None:
        from phoenix.data.guess import default_mapping

        return default_mapping(arguments.file)
    return mapping_file.load(shipped.find(arguments.mapping))


def _print(arguments: argparse.Namespace, console: Console, findings, mapping, last: str) -> None:
    from phoenix.data.show import tables

    if arguments.json:
        text = json.dumps(findings.to_json(), ensure_ascii=not console.encoding.startswith("utf"), indent=2)
        console.out(text, highlight=False)
        return
    for table in tables(findings, mapping, arguments.language):
        console.print(table)
    if last:
        console.print(last, highlight=False, markup=False, soft_wrap=True)


if __name__ == "__main__":
    sys.exit(main())
