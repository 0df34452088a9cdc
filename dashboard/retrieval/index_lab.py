"""The index laboratory: builds what is asked for in the background, then shows one of its pictures."""

from collections.abc import Callable

import streamlit as st

from dashboard import jobs, resources, state, words
from dashboard.locale import t
from dashboard.retrieval import index_controls, index_search, index_sweep, index_work
from dashboard.retrieval.scene import Scene, Source
from phoenix.index import build_index
from phoenix.index.base import StoppedError

_PATIENCE = 1.0  # seconds to wait before a progress bar appears
_POLL = 0.7


def show(scene: Scene) -> tuple[Source, ...]:
    """Controls, then the search or the sweep once they are computed."""
    dimension = resources.recommender().corpus_embeddings.shape[1]
    setup, picture = index_controls.read(dimension, scene.k)
    explicit = setup.size > scene.world.num_posts
    if picture == "search":
        work = index_work.prepare_index(setup.size, setup.parameters)
        prepared = await_job(("index", setup.size, setup.parameters), work, ask=explicit, size=setup.size)
        if prepared is not None:
            return index_search.show(scene, setup, prepared)
    else:
        plan = index_sweep.plan(setup)
        work = index_work.measure_indexes(
            setup.size, plan, setup, queries=index_sweep.QUERIES, k=index_sweep.NEIGHBOURS
        )
        measured = await_job(("sweep", setup), work, ask=state.recall("swept") != setup.size, size=setup.size)
        if measured is not None:
            state.keep("swept", setup.size)  # from now on a change of the setting is measured without asking
            return index_sweep.show(setup, measured, picture)
    return (build_index,)


def await_job(key: tuple, work: jobs.Work, *, ask: bool, size: int) -> object | None:
    """The result of background work, or None while it is computed, with progress and a way to cancel.

    Args:
      key: what is asked for.
      work: computes it.
      ask: begin only when the visitor presses a button.
      size: posts in the corpus, for the button's text.
    """
    everything, me = resources.jobs(), state.session()
    job = everything.get(key)
    if job is None:
        kind = key[0]
        cancelled = state.recall("cancelled") == key
        if ask or cancelled:
            st.info(
                t("retrieval.index.cancelled" if cancelled else f"retrieval.index.ask.{kind}", size=words.count(size))
            )
            if not st.button(
                t("retrieval.index.again" if cancelled else f"retrieval.index.start.{kind}"),
                key=f"start_{kind}",
            ):
                return None
            state.keep("cancelled", None)
        job = everything.start(key, work)
    job.watch(me)
    if not job.wait(_PATIENCE):
        _wait(job, key)
        return None
    try:
        return job.result()
    except StoppedError:
        return None
    except (ValueError, OSError, MemoryError) as error:
        st.error(t("retrieval.index.failed", error=error))
        return None


@st.fragment(run_every=_POLL)
def _wait(job: jobs.Job, key: tuple) -> None:
    """Progress and the cancel button; draws the page anew when the work has ended."""
    if job.wait(0):
        st.rerun()
    st.progress(min(job.done / max(job.total, 1), 1.0), text=t(f"retrieval.index.running.{key[0]}"))
    leave: Callable[[], None] = lambda: (state.keep("cancelled", key), job.leave(state.session()))  # noqa: E731
    if st.button(t("retrieval.index.cancel"), key="cancel_job", on_click=leave):
        st.rerun()
