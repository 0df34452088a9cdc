"""phoenix-explorer: see and touch a real two-stage recommender.

  app          open the dashboard in the browser
  retrieve     what retrieval finds for a user
  rank         all predicted probabilities of the best candidates, and their score
  train        train the models that ship, another preset, or an imported log's
  evaluate     measure the models against the oracle
  data         check and import a log of one's own
  explore      import a log, train on it, open the dashboard: all in one
  interop      models in the layout of the release, both ways
  doctor       is everything here that it needs? what to do if not
  health       is a running dashboard ready? for containers and proxies
  clear-cache  delete what was kept to start faster

Each has a manual of its own: phoenix-explorer rank --help

Examples:
  phoenix-explorer app --port 9000                 on this machine alone
  phoenix-explorer app --address 0.0.0.0           for a classroom
  phoenix-explorer rank --user 7 --k 5 --json
  phoenix-explorer doctor

Environment:
  PHOENIX_ARTIFACTS   folder of the artifacts (default: those that ship)
  PHOENIX_CACHE_DIR   what is kept to start faster, and training runs (default: the platform's cache folder)
  PHOENIX_INDEX_URI   where the corpus is searched: milvus-lite, a file, a Milvus cluster (default: memory)
  PHOENIX_DEVICE      what is computed on: cpu, gpu or tpu (default: the best that JAX finds)
  PHOENIX_PLACES      visitors of one dashboard at once (default: 100)
  PHOENIX_PLACES_OF_ADDRESS
                      how many of them may come from one network address (default: all)
  PHOENIX_FRAMES      other sites that may frame the pages (default: none)
"""

import importlib
import sys

from phoenix.command_line import UNUSABLE, complain

# command → module whose main(arguments) does it; imported when it is asked for, because some of them load JAX
COMMANDS = {
    "app": "dashboard.command.app",
    "retrieve": "phoenix.run_retrieval",
    "rank": "phoenix.run_ranker",
    "train": "phoenix.train",
    "evaluate": "phoenix.evaluate",
    "data": "phoenix.data.__main__",
    "explore": "phoenix.explore",
    "interop": "phoenix.interop.__main__",
    "doctor": "dashboard.command.doctor",
    "health": "dashboard.command.health",
    "clear-cache": "dashboard.command.clear_cache",
}


def main(argv: list[str] | None = None) -> int:
    """Runs a command; returns its exit status."""
    name, *arguments = (sys.argv[1:] if argv is None else argv) or ["--help"]
    if name in ("-h", "--help", "help"):
        sys.stdout.write(__doc__)
        return 0
    if name == "--version":
        from importlib.metadata import version

        sys.stdout.write(f"phoenix-explorer {version('phoenix-explorer')}\n")
        return 0
    if name not in COMMANDS:
        known = ", ".join(COMMANDS)
        return complain(f"There is no command {name!r}. There are: {known}. See phoenix-explorer --help.")
    sys.argv[0] = f"phoenix-explorer {name}"  # so that a manual names it as it was called
    try:
        return importlib.import_module(COMMANDS[name]).main(arguments)
    except KeyboardInterrupt:
        return UNUSABLE


if __name__ == "__main__":
    sys.exit(main())
