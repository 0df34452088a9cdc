"""Three projects that the system judges: a mask on Attention, an index on Retrieval, weights right here."""

import dataclasses
from typing import NamedTuple

import numpy as np

from dashboard import progress, resources, waiting, weighting, words
from dashboard.background import Progress, Request, ShouldStop
from dashboard.locale import t
from dashboard.study import measured
from phoenix.actions import ACTIONS, DEFAULT_PRESET, resolve_weights

PROJECTS = ("mask", "weights", "index")
FEWER_REPORTS, LIKES_KEPT = 0.70, 0.95  # of what the published weights give
_CHUNK = 10


class Balance(NamedTuple):
    """True actions in the feeds of a sample under some weights, as multiples of those under the published ones.

    Attributes:
      ratio, error: [A].
      users: how many.
    """

    ratio: np.ndarray
    error: np.ndarray
    users: int

    @property
    def passed(self) -> bool:
        """Whether reports fell enough and likes did not fall too far."""
        report, favorite = (self.ratio[ACTIONS.index(name)] for name in ("report", "favorite"))
        return bool(report <= FEWER_REPORTS and favorite >= LIKES_KEPT)


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class Attempt:
    """How a project stands: what was last tried, and whether it was ever done."""

    name: str
    done: bool
    said: str


def attempts() -> dict[str, Attempt]:
    """All projects."""
    events = {name: f"project.{name}" for name in PROJECTS}
    return {
        name: Attempt(name=name, done=progress.is_done(event), said=progress.last_attempt(event))
        for name, event in events.items()
    }


def read_balance() -> Balance | None:
    """How the session's weights do in the built-in world; None while that is not asked for or still computed."""
    now = weighting.present().vector
    if np.allclose(now, resolve_weights(DEFAULT_PRESET)):
        return None
    balance = waiting.result(_request(now), texts="study.weights", asks=True)
    if balance is not None:
        said = describe(balance)
        progress.attempt("project.weights", said)
        if balance.passed:
            progress.done("project.weights", said)
    return balance


def describe(balance: Balance) -> str:
    """Reports and likes beside the published weights, with their errors."""
    parts = {}
    for name in ("report", "favorite"):
        action = ACTIONS.index(name)
        parts[name] = words.signed_percent(balance.ratio[action] - 1)
        parts[f"{name}_error"] = words.percent(balance.error[action])
    return t("study.project.weights.said", users=balance.users, **parts)


def _request(weights: np.ndarray) -> Request:
    def run(progress_of: Progress, should_stop: ShouldStop) -> Balance | None:
        return _balance(weights, progress_of, should_stop)

    return resources.request(("study.weights", tuple(weights.tolist())), run)


def _balance(weights: np.ndarray, tell: Progress, should_stop: ShouldStop) -> Balance | None:
    from phoenix.analysis import frontier

    users = measured.sample_users()
    samples = []
    for start in range(0, len(users), _CHUNK):
        tell(start, len(users))
        if should_stop():
            return None
        samples.append(resources.observe_users(tuple(users[start : start + _CHUNK])))
    settings = np.stack([resolve_weights(DEFAULT_PRESET), weights])
    compared = frontier.compare(frontier.true_counts(frontier.join(samples), settings), reference=0)
    return Balance(compared.ratio[1], compared.error[1], len(users))
