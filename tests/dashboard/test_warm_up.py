"""The warm-up: what a feed needs first, told step by step; a failure stops nobody."""

import subprocess
import sys
import threading

import pytest

from dashboard.locale import translate
from dashboard.warm_up import Progress, WarmUp
from phoenix.data.log import make_world, read_log
from phoenix.serving import FEED_STEPS, Recommender
from tests.imported import draw_import
from tests.logged import logged_artifacts


class Gate:
    """A recommender whose steps wait until the test lets each of them go."""

    def __init__(self, recommender):
        self.names, self.going = [], threading.Semaphore(0)
        self.world, self.engine, self._real = recommender.world, self, recommender
        self.everything = threading.Event()

    def compile_steps(self):
        steps = self._real.engine.compile_steps()
        return [step._replace(compile=self._gated(step, last=step is steps[-1])) for step in steps]

    def _gated(self, step, *, last):
        def compile():
            self.going.acquire()
            self.names.append(step.program)
            if last:
                self.everything.set()

        return compile

    def recommend(self, user, **sizes):
        self.names.append("recommend")


@pytest.mark.parametrize("posts", [1, 60])
def test_a_server_of_a_log_of_few_posts_becomes_ready(tmp_path, posts):
    world = make_world(read_log(draw_import(tmp_path, users=posts, posts=posts, rows=300)), history_len=12)
    warm_up = WarmUp(lambda: Recommender(logged_artifacts(world)))
    warm_up.start()
    warm_up.wait(lambda progress: None)
    assert warm_up.ready


def test_visitors_are_told_each_step_and_wait_for_a_feed_alone(recommender):
    gate, shown = Gate(recommender), []
    warm_up = WarmUp(lambda: gate)
    warm_up.start()
    warm_up.start()

    def show(progress):
        if progress and progress not in shown:
            shown.append(progress)
            gate.going.release()

    warm_up.wait(show)
    assert [(p.number, p.total) for p in shown] == [(n, FEED_STEPS) for n in range(1, FEED_STEPS + 1)]
    assert shown[-1] == Progress("score_candidates", 256, FEED_STEPS, FEED_STEPS)
    assert gate.names[: FEED_STEPS + 1] == ["encode_user", "encode_context", "score_candidates", "recommend"]
    assert not gate.everything.is_set()
    warm_up.wait(lambda progress: pytest.fail("who comes later waits for nothing"))
    gate.going.release(100)
    assert gate.everything.wait(10)
    assert len(gate.names) == len(recommender.engine.compile_steps()) + 1


def test_nobody_waits_where_nothing_was_started():
    WarmUp(lambda: pytest.fail("must not load")).wait(lambda progress: pytest.fail("nothing to wait for"))


def test_a_failed_warm_up_is_logged_and_lets_visitors_in(caplog):
    def load():
        raise ValueError("no artifacts here")

    warm_up = WarmUp(load)
    warm_up.start()
    warm_up.wait(lambda progress: None)
    assert warm_up.progress is None
    assert "no artifacts here" in caplog.text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_step_of_the_feed_has_a_name(recommender, language):
    for step in recommender.engine.compile_steps()[:FEED_STEPS]:
        what = translate(f"common.compiling.{step.program}", language, count=step.candidates)
        text = translate("common.compiling", language, what=what, number=1, total=FEED_STEPS)
        assert what in text
        assert (str(step.candidates) in text) == (step.candidates > 0)


def test_importing_the_dashboard_and_painting_the_heading_imports_no_jax(repository):
    script = "import dashboard.main, dashboard.warm_up, sys; print('jax' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", script], cwd=repository, check=True, capture_output=True, text=True)
    assert run.stdout.split() == ["False"]


@pytest.mark.parametrize(("option", "value"), [("runner.postScriptGC", "False"), ("server.fileWatcherType", "none")])
def test_server_settings_are_taken_from_the_projects_file(repository, option, value):
    script = f"import streamlit.config as c; print(c.get_option('{option}'), c.get_where_defined('{option}'))"
    run = subprocess.run([sys.executable, "-c", script], cwd=repository, check=True, capture_output=True, text=True)
    found, where = run.stdout.split()
    assert found == value
    assert where.endswith(".streamlit/config.toml")
