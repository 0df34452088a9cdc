"""Visitors that speak the browser's protocol: what they check, and two processes that serve them."""

import asyncio

import pytest

from benchmarks import load
from benchmarks.visitor import Answer
from tools.server import start, wait_until_healthy


def answer(**changes) -> Answer:
    return Answer(
        **{"seconds": 0.1, "texts": ["a", "of >@me<"], "charts": 1, "exceptions": [], "received_bytes": 9} | changes
    )


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (answer(), None),
        (answer(texts=["of >@somebody_else<"]), "foreign"),
        (answer(exceptions=["division by zero"]), "exception: division by zero"),
        (answer(charts=0), "no chart"),
    ],
)
def test_an_answer_is_checked(given, problem):
    found = load.check(given, expected=">@me<", charts=1)
    assert found == problem if problem is None else found.startswith(problem)


def test_sessions_share_neither_users_nor_values():
    sessions = [load.Session(number, []) for number in range(50)]
    users = [user for session in sessions for user in session._users]
    assert len(set(users)) == len(users)
    values = [session._values[0] for session in sessions]
    assert len(set(values)) == len(values)
    assert load.START not in values


def test_percentiles_errors_and_foreign_answers_are_summed_up():
    log = [load.Interaction(0, "slider", s / 100, None) for s in range(1, 101)]
    log += [load.Interaction(0, "page", float("nan"), "TimeoutError"), load.Interaction(0, "user", 9.0, "foreign: x")]
    summary = load.summarise({"interactions": [i._asdict() for i in log]})
    assert summary["percentiles"]["slider"] == {"p50": 0.5, "p95": 0.95, "p99": 0.99, "count": 100}
    assert "page" not in summary["percentiles"]
    assert len(summary["problems"]) == 2
    assert summary["foreign_answers"] == 1


@pytest.mark.slow
def test_two_processes_serve_visitors_who_keep_their_own_state():
    async def visit(port: int, number: int) -> list[str | None]:
        handles = load.load_artifacts().world.users.handle.tolist()
        session = load.Session(number, handles, load.EVERYTHING)
        first = await session.begin(port)
        problems = [load.check(first, expected=f"@{handles[number * 40]}<", charts=1)]
        for _ in range(6):
            problems.append((await session.interact(0)).problem)
        await session.end()
        return problems

    async def everybody(ports: list[int]) -> list[list[str | None]]:
        return await asyncio.gather(*(visit(port, number) for number, port in enumerate(ports * 2)))

    with start() as one, start() as other:
        for server in (one, other):
            wait_until_healthy(server)
            assert server.memory_bytes() > 2**20
        found = asyncio.run(everybody([one.port, other.port]))
        for server in (one, other):
            server.log.seek(0)
            assert "Traceback" not in server.log.read()
    assert found == [[None] * 7] * 4
