"""What the views of the Training page are about. Each `read_…` draws a view's controls and asks for what it shows."""

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dashboard import controls, elsewhere, naming, resources, state, waiting, words
from dashboard.locale import t
from dashboard.resources import Subject
from dashboard.training import log, measured, running
from dashboard.training.ablated import Record, read_record
from dashboard.training.log import PhaseLog
from dashboard.training.naming import phase_name
from phoenix.training.lesson import HISTORIES, NEGATIVES, SCALES, Plan

if TYPE_CHECKING:
    from phoenix.training.session import Batch
    from phoenix.training.terms import RetrievalTerms
    from phoenix.world import AnyWorld

ALL = "all"
OBJECTIVES = ("retrieval", "ranker")
MODELS = ("retrieval", "ranker")


@dataclasses.dataclass(frozen=True, kw_only=True)
class CurvesScene:
    """The training log: its phases, the one to look at closely or `ALL`, and the run's id."""

    phases: tuple[PhaseLog, ...]
    phase: str
    run: str


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class SamplesScene:
    """A batch, and one user's part in a loss.

    Attributes:
      batch: the sessions.
      world: knows the posts.
      objective: of `OBJECTIVES`.
      row: of the user whose loss it is, 0 … B - 1.
      cell: what is looked at closely: of the retrieval loss a post, row · C + place; of the ranker's an action on a
        post of the session, action · C + place.
      log_q: whether the correction is made.
      terms: of the retrieval loss; None for the ranker.
      plain: the same without the correction if it is made, and with it if it is not; None for the ranker.
      action_terms: of the ranker's loss, [C, A]; None for retrieval.
      handles: of the users.
      language: of the visitor.
    """

    batch: "Batch"
    world: "AnyWorld"
    objective: str
    row: int
    cell: int
    log_q: bool
    terms: "RetrievalTerms | None"
    plain: "RetrievalTerms | None"
    action_terms: np.ndarray | None
    handles: tuple[str, ...]
    language: str

    @property
    def count(self) -> int:
        """C, impressions of each user."""
        return self.batch.posts.shape[1]


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class OwnScene:
    """A lesson.

    Attributes:
      plan: what the knobs ask for.
      lesson: what has come out; None before there is anything.
      record: of recorded runs, to compare with; None if there is none.
      shipped: the shipped model before the same judge; None before a setting is known.
      who, world: of whom a feed is shown, and where.
      feeds: name of a model → its retrieved posts, by the shipped ranker's score; {} without a finished lesson.
      favorite: of each post of those its true P(favorite), by id; {} likewise.
      language: of the visitor.
    """

    plan: Plan
    lesson: running.Lesson | None
    record: Record | None
    shipped: running.Shipped | None
    who: Subject
    world: "AnyWorld"
    feeds: dict[str, np.ndarray]
    favorite: dict[int, float]
    language: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class AblationsScene:
    """Recorded runs, each with one thing left out, of the model that is looked at."""

    record: Record | None
    model: str


def read_curves() -> CurvesScene:
    """The phases, and which of them to look at."""
    made = resources.recommender()
    phases = log.read(made.training_log)
    names = {ALL: t("training.curves.all"), **{phase.name: phase_name(phase.name) for phase in phases}}
    chosen = controls.choice("phase", list(names), default=ALL, label=t("training.curves.phase"), names=names)
    return CurvesScene(phases=phases, phase=chosen, run=made.run)


def read_samples() -> SamplesScene | None:
    """Which loss, whose, and which post; a click on the picture chooses the last; None if there is nothing to show."""
    who, made = resources.subject(), resources.recommender()
    left, right = st.columns([2, 1], vertical_alignment="bottom")
    with left:
        objective = controls.choice(
            "objective",
            OBJECTIVES,
            default=OBJECTIVES[0],
            label=t("training.samples.objective"),
            names="training.samples.objective",
        )
    with right:
        log_q = objective == "ranker" or controls.switch(
            "logq", default=True, label=t("training.samples.log_q"), help=t("training.samples.log_q_help")
        )
    with st.spinner(t("common.computing")):
        batch = measured.batch(who)
    if batch is None:
        st.info(t("training.samples.nothing"))
        return None
    if elsewhere.needs_truth():
        st.caption(t("training.samples.of_log", count=batch.posts.shape[1]))
    handles = tuple(f"@{handle}" for handle in made.world.users["handle"].iloc[batch.users])
    cell, row = _read_cell(batch, objective), 0
    retrieval = objective == "retrieval"
    return SamplesScene(
        batch=batch,
        world=made.world,
        objective=objective,
        row=row,
        cell=cell,
        log_q=log_q,
        terms=measured.retrieval_terms(who, user=row, log_q=log_q) if retrieval else None,
        plain=measured.retrieval_terms(who, user=row, log_q=not log_q) if retrieval else None,
        action_terms=None if retrieval else measured.ranker_terms(who, user=row),
        handles=handles,
        language=state.language(),
    )


def _read_cell(batch: "Batch", objective: str) -> int:
    """The cell that is looked at: of each picture its own; at first the user's first like."""
    count, actions = batch.posts.shape[1], naming.world().actions
    size = batch.posts.size if objective == "retrieval" else count * len(actions)
    liked = int(np.argmax(batch.labels[0, :, actions.target]))
    first = liked + (count * actions.target if objective == "ranker" else 0)
    return controls.item(f"{objective}_cell", range(size), default=first, problem="training.problem.cell")


def choose_cell(objective: str, cell: object) -> None:
    """Looks at the cell on which the visitor has clicked."""
    if cell is not None:
        controls.put(f"{objective}_cell", int(cell))


def read_plan(scale: str) -> Plan:
    """The three knobs of a lesson of a scale."""
    columns = st.columns(3, gap="medium")
    with columns[0]:
        names = {str(number): t("training.own.negatives.name", count=words.count(number)) for number in NEGATIVES}
        negatives = controls.choice(
            "negatives",
            list(names),
            default=str(NEGATIVES[-1]),
            label=t("training.own.negatives"),
            names=names,
            help=t("training.own.negatives_help"),
        )
    with columns[1]:
        lengths = {str(length): str(length) for length in HISTORIES}
        history = controls.choice(
            "history",
            list(lengths),
            default=str(HISTORIES[-1]),
            label=t("training.own.history"),
            names=lengths,
            help=t("training.own.history_help"),
        )
    with columns[2]:
        log_q = controls.switch(
            "correction", default=True, label=t("training.own.log_q"), help=t("training.samples.log_q_help")
        )
    return Plan(negatives=int(negatives), log_q=log_q, history=int(history), scale=scale)


def read_own(draw: Callable[[OwnScene], None]) -> OwnScene | None:
    """The knobs, and a lesson of them; None while it is on its way, or was stopped: then it has been drawn.

    None too where the world knows no truth, or is smaller than a lesson: then it has been said.

    Args:
      draw: draws the scene of a lesson that is not finished, again and again.
    """
    if elsewhere.needs_truth():
        elsewhere.say(t("training.own.no_truth"), {"view": "own"})
        return None
    scale = controls.choice("scale", list(SCALES), default="full", label="", names={}, kind="hidden")
    made, who, size = resources.recommender(), resources.subject(), SCALES[scale]
    if made.world.num_posts < size.posts or made.world.num_users < size.users:
        takes = {"posts": words.count(size.posts), "people": words.count(size.users)}
        elsewhere.say(t("training.own.small", **takes), {"view": "own"})
        return None
    plan, record, drawn = read_plan(scale), read_record(), []

    def scene(lesson: running.Lesson | None) -> OwnScene:
        setting = record.setting if record and plan.scale == "full" else lesson and lesson.setting
        feeds = _feeds(plan, who.user_id, made.run) if lesson and lesson.outcome else {}
        posts = np.unique(np.concatenate(list(feeds.values()))) if feeds else np.array([], int)
        likes = made.world.truth.true_probabilities(who.user_id, posts)[:, made.actions.target] if feeds else posts
        return OwnScene(
            plan=plan,
            lesson=lesson,
            record=record,
            shipped=measured.shipped(plan.scale, setting) if setting else None,
            who=who,
            world=made.world,
            feeds=feeds,
            favorite=dict(zip(posts.tolist(), likes.tolist(), strict=True)),
            language=state.language(),
        )

    def live(lesson: running.Lesson | None) -> None:
        drawn.append(True)
        draw(scene(lesson or running.Lesson(plan)))

    wanted, said = running.request(plan, run=made.run), {"people": words.count(plan.size.users)}
    lesson = waiting.result(wanted, texts="training.own", asks=True, server=resources.lessons(), live=live, **said)
    return None if drawn and lesson is None else scene(lesson)


def _feeds(plan: Plan, user_id: int, run: str) -> dict[str, np.ndarray]:
    """What each model retrieves from the lesson's corpus, in the order of the shipped ranker's scores."""
    own = measured.vectors(plan, run)
    if own is None:
        return {}
    return {name: measured.feed(plan, user_id, run, name) for name in ("own", "shipped")}


def read_ablations() -> AblationsScene:
    """Which model's runs; they were made in the built-in world."""
    if elsewhere.needs_truth():
        st.info(t("training.ablations.elsewhere"))
    model = controls.choice(
        "model", MODELS, default=MODELS[0], label=t("training.ablations.model"), names="training.ablations.model"
    )
    return AblationsScene(record=read_record(), model=model)
