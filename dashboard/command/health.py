"""Asks a running dashboard whether it is ready: status 0 if its body says so, else 1 and the reason.

The status of an answer alone says nothing: an unknown path answers 200 too, with a page.
"""

import argparse
import http.client
import sys
import urllib.error
import urllib.request

from phoenix.command_line import complain

_SECONDS, _LONGEST = 5, 100


def ask(url: str) -> str:
    """What the dashboard at an address says of itself; "ready" if it is.

    Raises:
      OSError: nobody answers there.
      HTTPException: somebody does, in another language than a browser's.
      ValueError: it is no address.
    """
    try:
        with urllib.request.urlopen(f"{url.rstrip('/')}/ready", timeout=_SECONDS) as answer:
            return answer.read(_LONGEST).decode(errors="replace")
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.read(_LONGEST).decode(errors="replace")


def main(argv: list[str]) -> int:
    """Asks once; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url", nargs="?", default="http://127.0.0.1:8501", help="default: http://127.0.0.1:8501")
    url = parser.parse_args(argv).url
    try:
        said = ask(url)
    except (OSError, ValueError, http.client.HTTPException) as error:
        return complain(f"No dashboard answers at {url}: {error}", status=1)
    if said != "ready":
        return complain(f"The dashboard at {url} is not ready: {said}", status=1)
    sys.stdout.write("ready\n")
    return 0
