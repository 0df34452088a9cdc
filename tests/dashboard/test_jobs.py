"""Background work: shared, watched, and stopped when nobody waits any more."""

import threading

import pytest

from dashboard.jobs import Job, Jobs, OnceBuilt


class HaltedError(Exception):
    """The work noticed that it should stop."""


def endless(progress, should_stop):
    progress(1, 4)
    while not should_stop():
        threading.Event().wait(0.005)
    raise HaltedError


def test_result_and_progress_arrive():
    def work(progress, should_stop):
        progress(3, 5)
        return 42

    job = Job(work)
    assert job.wait(5)
    assert job.result() == 42
    assert (job.done, job.total) == (3, 5)
    assert not job.failed


def test_work_stops_only_when_the_last_watcher_leaves():
    job = Job(endless)
    job.watch("ann")
    job.watch("ben")
    job.leave("ann")
    assert not job.stopping
    assert not job.wait(0.05)
    job.leave("ben")
    assert job.wait(5)
    assert job.failed
    with pytest.raises(HaltedError):
        job.result()


def test_same_key_is_the_same_job_until_it_failed():
    jobs, gate = Jobs(keep=4), threading.Event()
    first = jobs.start("key", lambda progress, stop: gate.wait(5))
    assert jobs.start("key", endless) is first
    assert jobs.get("key") is first
    gate.set()
    assert first.wait(5)
    assert jobs.get("key") is first  # its result is kept

    def broken(progress, stop):
        raise ValueError("no")

    failed = jobs.start("other", broken)
    assert failed.wait(5)
    assert jobs.get("other") is None
    assert jobs.start("other", lambda progress, stop: 1) is not failed


def test_jobs_used_least_recently_are_forgotten():
    jobs = Jobs(keep=2)
    for key in ("a", "b"):
        jobs.start(key, lambda progress, stop: 1).wait(5)
    jobs.get("a")
    jobs.start("c", lambda progress, stop: 3).wait(5)
    assert jobs.get("b") is None
    assert jobs.get("a")


def test_value_is_built_once_and_again_after_a_failure():
    place, built = OnceBuilt(), []

    def fail():
        raise HaltedError

    with pytest.raises(HaltedError):
        place.get(fail)
    for _ in range(2):
        assert place.get(lambda: built.append(1) or "value") == "value"
    assert built == [1]
