"""What the Training page says first of an imported log: whether its models beat simple predictors there."""

from typing import TYPE_CHECKING, Any

from dashboard import judged, words
from dashboard.judged import Rivals
from dashboard.locale import paragraph, t

if TYPE_CHECKING:
    from phoenix.world import AnyWorld


def first_sentence(metrics: Any, world: "AnyWorld") -> str:
    """The verdict on both models, what they fail at first; and whether probabilities are relative."""
    found = {_ranker: judged.mean_auc(metrics), _retrieval: judged.retrieval(metrics)}
    known = [(_kind(pair) == "ahead", say(pair)) for say, pair in found.items() if pair is not None]
    said = [sentence for _, sentence in sorted(known, key=lambda one: one[0])]
    if not said:
        said = [t("training.verdict.unknown", command=judged.COMMAND)]
    if judged.is_sampled(metrics) or not world.knows("impressions"):
        said.append(t("training.verdict.relative"))
    return paragraph(said)


def is_good(metrics: Any) -> bool:
    """Whether both models are ahead of the simple predictors, surely."""
    found = (judged.mean_auc(metrics), judged.retrieval(metrics))
    return all(one is not None and _kind(one) == "ahead" for one in found)


def _kind(found: Rivals) -> str:
    """`ahead`, `behind`, or `level` where the interval leaves it open."""
    if not judged.is_sure(found.gap):
        return "level"
    return "ahead" if found.gap.value > 0 else "behind"


def _ranker(found: Rivals) -> str:
    values = {name: words.decimal(getattr(found, name).value, 3) for name in ("ours", "simple")}
    apart = {name: words.signed(getattr(found.gap, name), 3) for name in judged.Estimate._fields}
    key = f"training.verdict.{_kind(found)}"
    return t(key, **values, gap=apart["value"], low=apart["low"], high=apart["high"])


def _retrieval(found: Rivals) -> str:
    values = {name: words.percent(getattr(found, name).value) for name in ("ours", "simple")}
    way = t(f"training.rivals.way.{found.best}")
    return t(f"training.verdict.retrieval_{_kind(found)}", k=judged.CUTOFF, best=way, **values)
