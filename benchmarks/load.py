"""Many visitors at once: N sessions that pick users, move sliders and change pages on one server of this machine.

With --everything they are a class: they follow links to every view of every page, a third of them with an edited
history, and upload files. Each session has users of its own and moves the weight of replies to a value of its own;
after every interaction it checks that what it was sent is its user's handle, or its value. Prints how long interactions
took, memory, errors and answers that belonged to somebody else; writes benchmarks/results/load.json. With --minutes it
is the soak: memory is sampled all the time, and its growth after the first fifth of the run is fitted by a line. With
--processes 2 the visitors are shared out among two servers with one cache folder, as a sticky proxy shares them out.

Run: make bench ARGS=benchmarks/load.py, make soak, or python -m benchmarks.load --sessions 50 --minutes 1
"""

import argparse
import asyncio
import contextlib
import random
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple
from urllib.parse import urlencode

import numpy as np

from benchmarks.report import milliseconds, percentile, print_table, write
from benchmarks.visitor import Answer, Visitor
from dashboard.guide import table
from phoenix.storage import load_artifacts
from tools.server import Server, start, wait_until_healthy

TARGET_SECONDS, TARGET_MEGABYTES = 0.175, 2.0
MOST_SESSIONS, MOST_MINUTES, MOST_PROCESSES = 200, 60, 8
SLIDER, START = "ranking.w.reply", 5.0
# Of ten interactions eight move a slider; one picks a user, one goes to another page and back.
ACTIONS = ("slider",) * 8 + ("user", "page")
# Of a class's, four; four follow a link to any view.
EVERYTHING = ("slider",) * 4 + ("user", "page") + ("link",) * 4 + ("upload",)
UPLOAD = b'{"phoenix_explorer": 1}'
OTHER_PAGES = ("", "retrieval", "attention")
MEGABYTE = 2**20
MOST_SETTLING = 60  # seconds


class Interaction(NamedTuple):
    """One interaction: when it began (seconds of the run), its kind, how long it took, and what was wrong with it."""

    moment: float
    kind: str
    seconds: float
    problem: str | None


def check(answer: Answer, *, expected: str, charts: int) -> str | None:
    """What is wrong with an answer; None where all is well."""
    if answer.exceptions:
        return f"exception: {answer.exceptions[0]}"
    if answer.charts < charts:
        return f"no chart, but {[text[:80] for text in answer.texts]}"
    if not any(expected in text for text in answer.texts):
        return "foreign: what this session asked for is not what it was sent"
    return None


class Session:
    """One visitor and what is known of its state."""

    def __init__(self, number: int, handles: list[str], actions: Sequence[str] = ACTIONS):
        """Session `number` takes its users from a range of its own, and does what `actions` names."""
        self._actions = actions
        self._rng = random.Random(number)
        self._handles = handles
        self._users = range(number * 40, number * 40 + 40)
        self._user = self._users[0]
        own = 0.5 * (number % 59 + 1)
        self._values = (29.5 if own == START else own, 30.0)
        self._turn = 0
        self._away = False
        self._visitor: Visitor

    @property
    def share(self) -> float:
        """A random part of an interval, so that sessions do not act in step."""
        return self._rng.random()

    async def begin(self, port: int) -> Answer:
        """Connects and opens the Ranking page."""
        self._visitor = await Visitor.connect(port)
        return await self._visitor.open("ranking", f"user={self._user}")

    async def end(self) -> None:
        """Leaves."""
        await self._visitor.close()

    async def interact(self, moment: float) -> Interaction:
        """One interaction, checked."""
        kind = "page" if self._away else self._rng.choice(self._actions)
        act = {"slider": self._slide, "user": self._pick, "page": self._change, "link": self._follow}.get(kind)
        try:
            if act is None:
                return await self._upload(moment)
            answer, expected = await act()
        except (TimeoutError, OSError, KeyError) as error:
            return Interaction(moment, kind, float("nan"), f"{type(error).__name__}: {error}")
        return Interaction(moment, kind, answer.seconds, check(answer, expected=expected, charts=kind != "link"))

    async def _slide(self) -> tuple[Answer, str]:
        self._turn += 1
        value = self._values[self._turn % 2]
        return await self._visitor.set(SLIDER, value), f"from {START:g} to {value:g}"

    async def _pick(self) -> tuple[Answer, str]:
        self._user = self._rng.choice([user for user in self._users if user != self._user])
        return await self._visitor.set("user", self._user), self._handle()

    async def _change(self) -> tuple[Answer, str]:
        self._away = not self._away
        return await self._visitor.switch(self._rng.choice(OTHER_PAGES) if self._away else "ranking"), self._handle()

    async def _follow(self) -> tuple[Answer, str]:
        place = self._rng.choice(table.PATH).place
        edit = {"edit": f"{self._user},-1,-2"} if self._rng.random() < 1 / 3 else {}
        self._away = place.page != "ranking"
        page = "" if place.page == "overview" else place.page
        return await self._visitor.open(page, urlencode({"user": self._user, **place.query, **edit})), self._handle()

    async def _upload(self, moment: float) -> Interaction:
        begun = time.monotonic()
        status = await asyncio.to_thread(self._visitor.upload, UPLOAD)
        # A session that has uploaded enough is told so.
        return Interaction(
            moment, "upload", time.monotonic() - begun, None if status in (204, 429) else f"HTTP {status}"
        )

    def _handle(self) -> str:
        return f">@{self._handles[self._user]}<"


async def visit(session: Session, *, start: float, seconds: float, every: float, log: list[Interaction]) -> None:
    """Interacts about every `every` seconds, at moments of the session's own, until the time is over."""
    due = time.monotonic() + every * session.share
    while due < start + seconds:
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        log.append(await session.interact(time.monotonic() - start))
        due = max(due + every * (0.8 + 0.4 * session.share), time.monotonic())


async def watch(sample: Callable[[], int], *, start: float, seconds: float, log: list[tuple[float, int]]) -> None:
    """Samples the server's memory until the time is over."""
    while time.monotonic() < start + seconds:
        log.append((time.monotonic() - start, sample()))
        await asyncio.sleep(max(1.0, seconds / 120))


def memory_of(servers: Sequence[Server]) -> int:
    """What all processes hold, in bytes."""
    return sum(server.memory_bytes() for server in servers)


async def settled_memory(servers: Sequence[Server]) -> int:
    """The servers' memory once it has stayed the same to a megabyte for five seconds: nothing is compiled any more."""
    samples = [memory_of(servers)]
    while len(samples) < MOST_SETTLING and (len(samples) < 6 or np.ptp(samples[-6:]) > MEGABYTE):
        await asyncio.sleep(1)
        samples.append(memory_of(servers))
    return samples[-1]


async def run(
    servers: Sequence[Server], *, sessions: int, seconds: float, every: float, actions: Sequence[str] = ACTIONS
) -> dict:
    """The whole load; returns what was measured."""
    handles = load_artifacts().world.users.handle.tolist()
    first = [Session(sessions + number, handles) for number in range(len(servers))]
    for session, server in zip(first, servers, strict=True):
        await session.begin(server.port)
        await session._change()
    before = await settled_memory(servers)
    visitors = [Session(number, handles, actions) for number in range(sessions)]
    opened = [await session.begin(servers[number % len(servers)].port) for number, session in enumerate(visitors)]
    connected = memory_of(servers)
    interactions: list[Interaction] = []
    memory: list[tuple[float, int]] = []
    start = time.monotonic()
    tasks = [visit(s, start=start, seconds=seconds, every=every, log=interactions) for s in visitors]
    await asyncio.gather(*tasks, watch(lambda: memory_of(servers), start=start, seconds=seconds, log=memory))
    after = memory_of(servers)
    await asyncio.gather(*(session.end() for session in (*first, *visitors)))
    settled = [(moment, size) for moment, size in memory if moment > seconds / 5]
    slope = np.polyfit(*zip(*settled, strict=True), 1)[0] if len(settled) > 2 else float("nan")
    return {
        "processes": len(servers),
        "sessions": sessions,
        "seconds": seconds,
        "every_seconds": every,
        "first_open_seconds": [answer.seconds for answer in opened],
        "interactions": [interaction._asdict() for interaction in interactions],
        "memory_megabytes": {"one session": before / MEGABYTE, "all": connected / MEGABYTE, "end": after / MEGABYTE},
        "megabytes_per_session_connected": (connected - before) / MEGABYTE / sessions,
        "megabytes_per_session_end": (after - before) / MEGABYTE / sessions,
        "memory_samples": [(moment, size / MEGABYTE) for moment, size in memory],
        "growth_megabytes_per_minute": 60 * slope / MEGABYTE,
    }


def summarise(result: dict) -> dict:
    """Percentiles by kind of interaction, errors, and mix-ups."""
    kinds: dict[str, dict] = {}
    for kind in ("slider", "user", "page", "link", "upload", "all"):
        chosen = [i for i in result["interactions"] if kind in (i["kind"], "all")]
        times = [i["seconds"] for i in chosen if i["seconds"] == i["seconds"]]
        if times:
            kinds[kind] = {f"p{p}": percentile(times, p) for p in (50, 95, 99)} | {"count": len(times)}
    problems = [i["problem"] for i in result["interactions"] if i["problem"]]
    return {
        "percentiles": kinds,
        "problems": problems,
        "foreign_answers": sum(problem.startswith("foreign") for problem in problems),
    }


def report(result: dict, summary: dict) -> None:
    """Prints the tables."""
    print_table(
        f"{result['sessions']} sessions, one interaction each per {result['every_seconds']:g} s, "
        f"{result['seconds']:.0f} s; target p95 {1000 * TARGET_SECONDS:.0f} ms",
        ("interaction", "count", "p50 ms", "p95 ms", "p99 ms", "p95 / target"),
        [
            (kind, row["count"], *(milliseconds(row[p]) for p in ("p50", "p95", "p99")),
             f"{row['p95'] / TARGET_SECONDS:.2f}")
            for kind, row in summary["percentiles"].items()
        ],
    )  # fmt: skip
    memory = result["memory_megabytes"]
    print(f"{result['processes']} process(es): {memory['one session']:.0f} MB with one session each, "
          f"{memory['all']:.0f} with all, {memory['end']:.0f} in the end.")  # fmt: skip
    print(
        f"Per session: {result['megabytes_per_session_connected']:.2f} MB connected, "
        f"{result['megabytes_per_session_end']:.2f} in the end (target {TARGET_MEGABYTES:g}); growth "
        f"{result['growth_megabytes_per_minute']:+.2f} MB a minute after the first fifth."
    )
    print(f"Errors: {len(summary['problems']) - summary['foreign_answers']}; foreign: {summary['foreign_answers']}.")
    for problem in summary["problems"][:5]:
        print(f"  {problem}")


def main() -> int:
    """Serves, loads, reports; 1 if anything went wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, default=50, help=f"how many, at most {MOST_SESSIONS} (50)")
    parser.add_argument("--minutes", type=float, default=1.0, help=f"how long, at most {MOST_MINUTES} (1)")
    parser.add_argument("--every", type=float, default=5.0, help="seconds between interactions of one session (5)")
    parser.add_argument("--processes", type=int, default=1, help=f"servers, at most {MOST_PROCESSES} (1)")
    parser.add_argument("--everything", action="store_true", help="every view, edited histories, uploads")
    parser.add_argument("--name", default="load", help="of the file under benchmarks/results (load)")
    args = parser.parse_args()
    if not (1 <= args.sessions <= MOST_SESSIONS and 0 < args.minutes <= MOST_MINUTES and args.every >= 0.5):
        parser.error(f"expected 1 to {MOST_SESSIONS} sessions, up to {MOST_MINUTES} minutes, every 0.5 s or more")
    if not 1 <= args.processes <= MOST_PROCESSES:
        parser.error(f"expected 1 to {MOST_PROCESSES} processes")
    with contextlib.ExitStack() as stack:
        env = {"PHOENIX_PLACES": str(MOST_SESSIONS)}
        servers = [stack.enter_context(start(env=env)) for _ in range(args.processes)]
        for server in servers:
            wait_until_healthy(server)
        timing = {"seconds": 60 * args.minutes, "every": args.every}
        actions = EVERYTHING if args.everything else ACTIONS
        result = asyncio.run(run(servers, sessions=args.sessions, actions=actions, **timing))
    summary = summarise(result)
    report(result, summary)
    write(args.name, {**result, **summary})
    return 1 if summary["problems"] else 0


if __name__ == "__main__":
    raise SystemExit(main())
