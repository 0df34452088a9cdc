"""Background work: shared, watched, one piece at a time; what goes wrong in one piece costs that piece alone."""

import itertools
import threading
import time

import pytest

from dashboard import background, kept_results
from dashboard.background import EnoughError, QueueFullError, Request, Work, stages
from dashboard.kept_results import UNUSED_SECONDS, Kept, TooLargeError
from tests.dashboard.patience import endless, until


def started(work: Work) -> Work:
    until(lambda: work.state == "running")
    return work


def answer(key: str = "answer", value: object = 42) -> Request:
    return Request(key, lambda progress, should_stop: value)


def test_result_and_progress_arrive(place):
    def work(progress, should_stop):
        progress(3, 5)
        return 42

    made = place.ask(Request("key", work), "ann")
    assert made.wait(5)
    assert (made.state, made.done, made.total) == ("done", 3, 5)
    assert place.result("key") == 42
    assert place.result("other") is None


def test_equal_requests_share_one_run(place):
    runs, gate = [], threading.Event()

    def once(progress, should_stop):
        runs.append(1)
        gate.wait(5)
        return "made"

    asked = {place.ask(Request(("index", 10_000), once), session) for session in ("ann", "ben", "cyd")}
    assert len(asked) == 1
    gate.set()
    assert asked.pop().wait(5)
    assert runs == [1]


def test_one_piece_runs_at_a_time_and_the_others_wait_in_order(place):
    at_once, most = itertools.count(), []

    def work(progress, should_stop):
        most.append(next(at_once))
        time.sleep(0.01)
        return most.append(-1) or True

    first = started(place.ask(Request("first", endless), "ann"))
    others = [place.ask(Request(n, work), f"ann{n}") for n in range(3)]
    assert [place.ahead(one) for one in (first, *others)] == [0, 1, 2, 3]
    first.leave("ann")
    for other in others:
        assert other.wait(5)
    assert most == [0, -1, 1, -1, 2, -1]


def test_nine_setups_in_flight_are_each_begun_once(place):
    """Work that runs or waits is never forgotten, however much is asked for."""
    runs = []

    def work(number):
        return lambda progress, should_stop: runs.append(number) or True

    first = started(place.ask(Request("first", endless), "ann"))
    asked = [place.ask(Request(n, work(n)), f"ann{n}") for n in range(background.WAITING_AT_MOST)]
    assert place.ask(Request("first", endless), "ben") is first
    assert [place.ask(Request(n, work(n)), f"ben{n}") for n in range(background.WAITING_AT_MOST)] == asked
    for session in ("ann", "ben"):
        first.leave(session)
    for one in asked:
        assert one.wait(5)
    assert runs == list(range(background.WAITING_AT_MOST))


def test_the_queue_has_an_end_and_room_again_once_somebody_leaves(place):
    started(place.ask(Request("first", endless), "ann"))
    asked = [place.ask(Request(n, endless), f"ann{n}") for n in range(background.WAITING_AT_MOST)]
    with pytest.raises(QueueFullError):
        place.ask(answer(), "ben")
    asked[3].leave("ann3")
    place.ask(answer(), "ben")
    assert asked[3].state == "stopped"


def test_a_session_has_two_pieces_of_work_at_most(place):
    mine = [started(place.ask(Request("first", endless), "ann")), place.ask(Request("second", endless), "ann")]
    with pytest.raises(EnoughError):
        place.ask(Request("third", endless), "ann")
    assert place.ask(Request("second", endless), "ann") is mine[1]
    place.ask(Request("third", endless), "ben")
    place.ask(Request("third", endless), "ann")  # what somebody else has asked for costs nothing
    mine[0].leave("ann")
    mine[1].leave("ann")
    place.ask(Request("fourth", endless), "ann")


def test_a_session_that_waits_for_enough_can_leave_some_of_it(place):
    mine = [started(place.ask(Request("first", endless), "ann")), place.ask(Request("second", endless), "ann")]
    place.ask(Request("third", endless), "ann", instead_of=mine[1:])
    assert [work.watched_by("ann") for work in mine] == [True, False]
    assert mine[1].state == "stopped"


def test_work_stops_only_when_the_last_watcher_leaves(place):
    work = started(place.ask(Request("key", endless), "ann"))
    assert place.ask(Request("key", endless), "ben") is work
    work.leave("ann")
    assert not work.wait(0.05)
    work.leave("ben")
    assert work.wait(5)
    assert (work.state, work.error) == ("stopped", None)
    assert place.result("key") is None


def test_work_stops_once_nobody_has_watched_for_a_while(place, clock):
    """A closed tab does not say so: it only stops watching."""
    work = started(place.ask(Request("key", endless), "ann"))
    clock.now += background.LAPSE_SECONDS - 1
    work.watch("ann")
    clock.now += background.LAPSE_SECONDS - 1
    assert not work.wait(0.05)
    clock.now += 2
    assert work.wait(5)
    assert work.state == "stopped"


def test_a_ghost_in_the_queue_lets_the_next_one_pass(place, clock):
    first = started(place.ask(Request("first", endless), "ann"))
    ghost = place.ask(Request("ghost", endless), "gone")
    clock.now += background.LAPSE_SECONDS - 1
    first.watch("ann")
    clock.now += 2
    mine = place.ask(answer(), "ben")
    assert place.ahead(mine) == 1
    assert ghost.state == "stopped"
    first.leave("ann")
    assert mine.wait(5)


def test_a_tab_that_was_hidden_for_long_may_look_less_often(clock):
    work = Work(answer(), clock)
    work.watch("ann")
    clock.now += background.HIDDEN_AFTER_SECONDS
    work.watch("ann")
    clock.now += 61
    assert work.watched
    clock.now += 30
    assert not work.watched


def test_whoever_waits_for_work_that_needs_the_same_corpus_can_cancel_at_once(place):
    building = started(place.ask(Request(("index", "hnsw"), endless), "ann"))
    waiting = place.ask(Request(("index", "ivf"), endless), "ben")
    waiting.leave("ben")
    assert place.ahead(building) == 0
    assert waiting.wait(0)
    assert building.active


def test_joining_work_that_stops_lets_the_visitor_ask_again(place):
    def slow_to_stop(progress, should_stop):
        while not should_stop():
            time.sleep(0.002)
        time.sleep(0.2)
        raise InterruptedError

    work = started(place.ask(Request("key", slow_to_stop), "ann"))
    work.leave("ann")
    until(lambda: work.told_to_stop)
    assert place.ask(Request("key", slow_to_stop), "ben") is work
    assert work.wait(5)
    assert work.state == "stopped"  # not failed: there is nothing to tell ben but that it has to be begun again
    until(lambda: place._running is None)
    assert place.ask(answer("key"), "ben").wait(5)


def test_what_is_finished_although_nobody_waits_is_kept(place):
    def deaf(progress, should_stop):
        assert should_stop()
        return "map"

    gone = Work(Request("key", deaf))
    place._do(gone)
    assert gone.state == "done"
    assert place.result("key") == "map"


@pytest.mark.parametrize("error", [ValueError("no such shape"), MemoryError("full"), SystemExit("bye")])
def test_a_failure_costs_one_piece_alone(place, error):
    def broken(progress, should_stop):
        raise error

    failed, after = place.ask(Request("key", broken), "ann"), place.ask(answer(), "ann")
    assert after.wait(5)
    assert failed.state == "failed"
    assert str(failed.error) == str(error)
    again = place.ask(answer("key"), "ann")
    assert again.wait(5)
    assert again.state == "done"


def test_a_kept_error_keeps_nothing_else_alive(place):
    def broken(progress, should_stop):
        try:
            raise KeyError("inner")
        except KeyError as inner:
            raise ValueError("outer") from inner

    failed = place.ask(Request("key", broken), "ann")
    assert failed.wait(5)
    assert (failed.error.__traceback__, failed.error.__cause__, failed.error.__context__) == (None, None, None)


def test_results_used_longest_ago_are_forgotten_when_all_weigh_too_much():
    kept = Kept(most_bytes=100)
    for key in ("a", "b"):
        kept.put(key, key, {key: 40})
    kept.get("a")
    kept.put("c", "c", {"c": 40})
    assert [kept.get(key) for key in "abc"] == ["a", None, "c"]
    kept.put("c", "larger", {"c": 60})
    assert [kept.get(key) for key in "abc"] == ["a", None, "larger"]
    assert kept.weight == 100


def test_what_results_share_is_counted_once():
    kept = Kept(most_bytes=100)
    for key in ("corpus", "index", "other"):
        kept.put(key, key, {"vectors": 60, key: 10})
    assert kept.weight == 90
    kept.put("large", "large", {"large": 50})
    assert kept.weight == 50  # to forget one of those that share would have freed 10 each, so all three had to go


def test_a_million_posts_stay_only_while_somebody_uses_them(clock):
    kept = Kept(most_bytes=10**9, clock=clock)
    for key, weight in (("sweep", 10_000), ("million", 5 * 10**8), ("looked at", 3 * 10**8)):
        kept.put(key, key, {key: weight})
    clock.now += UNUSED_SECONDS - 1
    kept.get("looked at")
    clock.now += 2
    kept.forget_unused()
    assert [kept.get(key) for key in ("sweep", "million", "looked at")] == ["sweep", None, "looked at"]


def test_an_idle_place_forgets_by_itself(place, clock, monkeypatch):
    monkeypatch.setattr(background, "_TIDY_SECONDS", 0.01)
    place.kept.put("corpus", "corpus", {"corpus": 5 * 10**5})
    monkeypatch.setattr(kept_results, "LARGE_BYTES", 10**5)
    assert place.ask(answer(), "ann").wait(5)
    assert place.kept.weight > 5 * 10**5
    clock.now += UNUSED_SECONDS + 1
    until(lambda: place.kept.weight < 10**5)


def test_a_result_that_is_too_large_is_refused_and_the_others_stay(place):
    place.kept.put("small", "small", {"small": 10})
    work = place.ask(
        Request("large", lambda progress, should_stop: "large", weigh=lambda result: {"large": 2 * 10**9}), "ann"
    )
    assert work.wait(5)
    assert isinstance(work.error, TooLargeError)
    assert (work.error.needed, work.error.most) == (2 * 10**9, 10**9)
    assert place.result("small") == "small"


def test_stages_share_one_bar_that_never_runs_backwards():
    told = []
    for stage in stages(lambda done, total: told.append(done / total), (2, 3)):
        for step in range(3):
            stage(step, 2)
    assert told == [0, 0.2, 0.4, 0.4, 0.7, 1]


def test_a_stage_with_nothing_to_do_is_passed_over():
    told = []
    first, second = stages(lambda done, total: told.append(done / total), (1, 3))
    first(0, 0)
    second(1, 1)
    assert told == [0, 1]
