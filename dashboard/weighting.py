"""The weights and stages of this session: set on the Ranking page, in force on every page that makes a feed.

They stand in the address of all pages: `preset=x_2023`, `w=reply:7` for what differs from the preset, and
`stages=decay:0.3` for what differs from the release.
"""

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from dashboard import controls, naming, stages, state, words
from dashboard.locale import listing, t
from dashboard.state import Problem
from phoenix import weight_files
from phoenix.actions import ActionSet
from phoenix.scoring import RELEASE, ScoreSettings, score_feed
from phoenix.weight_files import UnusableWeightsError

if TYPE_CHECKING:
    from phoenix.scoring import ScoreStages
    from phoenix.serving import Recommendation


class Weighting(NamedTuple):
    """How probabilities become a feed.

    Attributes:
      preset: where the weights started.
      weights: action → weight, all of them.
      actions: of the world.
      settings: of the stages after the weighted sum.
    """

    preset: str
    weights: dict[str, float]
    actions: ActionSet
    settings: ScoreSettings = RELEASE

    @property
    def vector(self) -> np.ndarray:
        """The weights, float64 [A]."""
        return self.actions.resolve_weights(self.weights)

    @property
    def start(self) -> dict[str, float]:
        """The preset's weights."""
        return self.actions.presets[self.preset].weights

    @property
    def changed(self) -> bool:
        """Whether anything differs from what the other pages show at first."""
        return self != of_preset(self.actions.default_preset, actions=self.actions)

    def score(self, probabilities: np.ndarray, *, author_ids: np.ndarray, followed: np.ndarray) -> "ScoreStages":
        """Scores of n candidates; arguments as for `phoenix.scoring.score_feed`."""
        given = {"author_ids": author_ids, "followed": followed}
        return score_feed(probabilities, weights=self.vector, settings=self.settings, actions=self.actions, **given)

    def apply(self, made: "Recommendation") -> "Recommendation":
        """The same candidates as a feed under these weights and settings; the models are not asked again."""
        begun = time.perf_counter()
        stages = self.score(made.ranking.probabilities, author_ids=made.author_ids, followed=made.followed)
        feed = made.ranking.post_ids[stages.order[: len(made.feed)]]
        seconds = {**made.seconds, "score": time.perf_counter() - begun}
        return made._replace(weights=self.vector, stages=stages, order=stages.order, feed=feed, seconds=seconds)


def of_preset(preset: str, *, actions: ActionSet, settings: ScoreSettings = RELEASE) -> Weighting:
    """A preset as it is."""
    return Weighting(preset, actions.presets[preset].weights, actions, settings)


def read(**preset_widget: Any) -> Weighting:
    """What the address says; a sentence stands where this is called for what in it cannot be used.

    Args:
      **preset_widget: how the preset's choice is drawn, see `controls.choice`; without any it is not.
    """
    actions = naming.world().actions
    called = {preset: naming.preset(preset) for preset in actions.presets}
    widget = {"kind": "hidden", "label": "", **preset_widget}
    controls.choice("preset", list(actions.presets), default=actions.default_preset, names=called, **widget)
    controls.text("w", read=_read_weights, problem=_weights_problem, default={})
    controls.text("stages", read=stages.from_text, problem=_stages_problem, default=RELEASE)
    return present()


def present() -> Weighting:
    """The same without a sentence, for callbacks: they run between two readings."""
    actions, preset = naming.world().actions, state.given("preset")
    preset = preset if preset in actions.presets else actions.default_preset
    changed, settings = state.given("w"), state.given("stages")
    weights = {**actions.presets[preset].weights, **((_read_weights(changed) if changed else None) or {})}
    return Weighting(preset, weights, actions, (stages.from_text(settings) if settings else None) or RELEASE)


def put_weights(weights: Mapping[str, float]) -> None:
    """Sets all weights, as differences from the present preset."""
    state.put("w", weight_files.to_compact(weights, base=present().start) or None)


def put_settings(settings: ScoreSettings) -> None:
    """Sets the settings of the later stages."""
    state.put("stages", stages.to_text(settings) or None)


def explain(error: UnusableWeightsError) -> str:
    """What is wrong with weights that came in, in the session's language; what they hold is quoted."""
    details = dict(error.details)
    if "given" in details:
        details["given"] = words.quoted(str(details["given"]))
    if "action" in details:
        details["action"] = _named(str(details["action"]))
    return t(f"feed.unusable.{error.problem}", **details)


def _named(action: str) -> str:
    """An action's name and, since it stands in a file or an address, its key."""
    quoted = words.quoted(action)
    if action not in naming.world().actions.names:
        return quoted
    return t("feed.unusable.action", name=naming.action(action), key=quoted)


def _read_weights(text: str) -> dict[str, float] | None:
    try:
        return weight_files.from_compact(text, actions=naming.world().actions)
    except UnusableWeightsError:
        return None


def _weights_problem(text: str) -> Problem:
    try:
        weight_files.from_compact(text, actions=naming.world().actions)
    except UnusableWeightsError as error:
        return Problem("feed.problem.w", {"problem": explain(error)})
    raise AssertionError("Weights that can be read are no problem.")


def _stages_problem(text: str) -> Problem:
    return Problem("feed.problem.stages", {"given": words.quoted(text)})


def note(weighting: Weighting) -> str:
    """A sentence for the other pages: which weights made this feed; empty for the published ones."""
    if not weighting.changed:
        return ""
    differ = [action for action, weight in weighting.weights.items() if weight != weighting.start[action]]
    named = listing(map(naming.action, differ))
    return t(
        f"common.weighting.{'changed' if differ else 'preset'}",
        preset=naming.preset(weighting.preset),
        actions=named,
    )
