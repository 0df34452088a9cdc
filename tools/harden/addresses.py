"""Pages opened by hostile addresses."""

import asyncio
import random
from urllib.parse import urlencode

from benchmarks.visitor import Visitor
from dashboard import navigation
from tools.harden.feeds import Count
from tools.server import start, wait_until_healthy

_GROWTH_BYTES = 100 * 2**20
PAGES = ("", *navigation.NAMES)
# Parameters of all pages, and values between sensible and hostile.
NAMES = """
    lang user h preset w stages present open world view k post kind corpus nlist mask positions layer head c from
    against people colour depth other twins rows vary lesson phase theta seed weeks
"""
VALUES = (
    *(
        "",
        "0",
        "1",
        "-1",
        "17",
        "99999999999999999999",
        "1e308",
        "nan",
        "inf",
        "0x10",
        "1.5",
        "١",
        "en",
        "zh",
        "x_2026",
    ),
    *("17,-3,+28086:favorite", "17," + "-1," * 500, "favorite:1e999", "a:b:c", ",,,:::", "index", "map", "quality"),
    *("../../etc/passwd", "<script>alert(1)</script>", "%00", "\x00", "'; drop table users", "{{7*7}}", "$" * 300),
    *(
        "\ufffd",
        "🦆" * 50,
        "None",
        "true",
        "[]",
        '{"a":',
        "A" * 20_000,
        "__class__",
        "\u202e",
        "..%2f",
        "-0",
        "+5",
        " 7 ",
    ),
)


def addresses(tries: int, rng: random.Random) -> Count:
    """Pages opened by hostile addresses: each is drawn, no trace is logged, memory stays."""
    lost: list[str] = []
    with start(env={"PHOENIX_PLACES": "50"}) as server:
        wait_until_healthy(server)
        for known in ([(page, "") for page in PAGES], _draw(10, random.Random(0))):  # what the caches hold afterwards
            lost += asyncio.run(_open_all(server.port, known))
        before = server.memory_bytes()
        lost += asyncio.run(_open_all(server.port, _draw(tries, rng)))
        grown = server.memory_bytes() - before
        server.log.seek(0)
        log = server.log.read()
    lost += ["a trace in the log: " + part[-300:] for part in log.split("Traceback")[1:]]
    lost += [f"memory grew by {grown / 2**20:.0f} MB"] if grown > _GROWTH_BYTES else []
    return Count("pages opened by hostile addresses", len(PAGES) + 10 + tries, lost)


def _draw(tries: int, rng: random.Random) -> list[tuple[str, str]]:
    """Pages and what their addresses ask for."""
    return [
        (
            rng.choice(PAGES),
            urlencode({rng.choice(NAMES.split()): rng.choice(VALUES) for _ in range(rng.randrange(1, 6))}),
        )
        for _ in range(tries)
    ]


async def _open_all(port: int, opened: list[tuple[str, str]]) -> list[str]:
    lost = []
    for page, query in opened:
        visitor = await Visitor.connect(port)
        try:
            answer = await visitor.open(page, query)
            if answer.exceptions or not answer.texts:
                lost.append(f"/{page}?{query[:200]}: {answer.exceptions}")
        except (TimeoutError, OSError) as error:
            lost.append(f"/{page}?{query[:200]}: {type(error).__name__}")
        finally:
            await visitor.close()
    return lost
