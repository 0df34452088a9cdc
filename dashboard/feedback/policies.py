"""The two policies that are compared: A is in force for the whole session, B is this page's own.

A stands in the address of all pages, see `dashboard.weighting` and `dashboard.pipeline`; B in that of this page, as
`b=preset:x_2023,explore:0.4`: a preset of weights, and what differs from what B starts with.
"""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from dashboard import naming, pipeline, pipeline_text, state, weighting, words
from dashboard.locale import listing, t
from dashboard.pipeline_text import UnusableSettingsError
from phoenix.analysis.feedback import Policy
from phoenix.pipeline import PipelineSettings

Which = Literal["a", "b"]
BOTH: tuple[Which, Which] = ("a", "b")
OTHER = "b"  # its name in the address
TRIED = 0.2  # the share of the feed that B explores at first
_PRESET = "preset"


class Chosen(NamedTuple):
    """A policy as it is chosen.

    Attributes:
      preset: the set of weights that it starts from.
      weights: pairs of action and weight; pairs, since answers are kept by policy.
      settings: of the pipeline, the score's stages included.
    """

    preset: str
    weights: tuple[tuple[str, float], ...]
    settings: PipelineSettings

    def policy(self, *, k: int, top: int) -> Policy:
        """What the library takes."""
        return Policy(dict(self.weights), self.settings, k=k, top=top)


def read() -> tuple[Chosen, Chosen]:
    """Both policies; a sentence stands where this is called for what in the address cannot be used."""
    weights = weighting.read()
    first = _chosen(weights.preset, weights.weights, pipeline.read(weights.settings))
    return first, pipeline.read_text(OTHER, _parse, problems="feedback.problem", default=_start())


def change(which: Which, **changed: Any) -> None:
    """Changes a policy: its preset, or fields of its settings; for callbacks."""
    preset = changed.pop(_PRESET, None)
    if which == "b":
        now = _present_b()
        put_b(preset or now.preset, now.settings._replace(**changed))
        return
    if preset is not None:
        state.put("preset", preset)
        state.put("w", None)
    if changed:
        pipeline.change(**changed)


def put_b(preset: str, settings: PipelineSettings) -> None:
    """Puts B in the address; for callbacks."""
    text = pipeline_text.to_text(settings, start=_start().settings, world=naming.world())
    named = "" if preset == naming.world().actions.default_preset else f"{_PRESET}:{preset}"
    state.put(OTHER, ",".join(filter(None, (named, text))) or None)


def describe(chosen: Chosen) -> str:
    """A policy in a few words: how much it explores, how it mixes, its weights."""
    settings, preset = chosen.settings, naming.preset(chosen.preset)
    if dict(chosen.weights) != dict(naming.world().actions.presets[chosen.preset].weights):
        preset = t("feedback.policy.changed", preset=preset)
    way, share = settings.explore_by if settings.explore else "nothing", words.percent(settings.explore)
    said = t(f"feedback.policy.{way}", share=share)
    mixed = t(f"feedback.policy.{settings.diversity}", theta=words.decimal(settings.theta, 2))
    return listing([said, mixed, preset], parts=True)


def _chosen(preset: str, weights: Mapping[str, float], settings: PipelineSettings) -> Chosen:
    return Chosen(preset, tuple(weights.items()), settings)


def _start() -> Chosen:
    actions = naming.world().actions
    weights = actions.presets[actions.default_preset].weights
    return _chosen(actions.default_preset, weights, pipeline.start()._replace(explore=TRIED))


def _present_b() -> Chosen:
    given = state.given(OTHER)
    return (pipeline.usable(_parse, given) if given else None) or _start()


def _parse(text: str) -> Chosen:
    """Reads what `put_b` writes.

    Raises:
      UnusableSettingsError: something in it is unknown or out of its range.
    """
    world, start = naming.world(), _start()
    first, _, rest = text.partition(",")
    name, _, preset = first.partition(":")
    if name != _PRESET:
        preset, rest = start.preset, text
    elif preset not in world.actions.presets:
        expected = ", ".join(world.actions.presets)
        raise UnusableSettingsError("value", name=_PRESET, given=preset, expected=expected)
    settings = pipeline_text.from_text(rest, start=start.settings, world=world) if rest else start.settings
    return _chosen(preset, world.actions.presets[preset].weights, settings)
