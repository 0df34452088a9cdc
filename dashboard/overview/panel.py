"""The column of switches beside a view of the Overview; they set the session's pipeline."""

from dashboard import components
from dashboard import pipeline_controls as widgets
from dashboard.locale import t
from dashboard.overview import scene
from phoenix.pipeline import PipelineSettings
from phoenix.pipeline.settings import EXPLORE_BY, METHODS


def sources(settings: PipelineSettings) -> None:
    """Which sources bring candidates, and how many."""
    widgets.switch("use_retrieval", settings)
    lacks = widgets.why_not("in_network")
    widgets.slider("in_network", settings, low=0, high=200, step=10, disabled=lacks is not None, help=lacks)
    widgets.slider("explore", settings, low=0.0, high=0.5, step=0.05, help=t("common.pipeline.explore_help"))
    if settings.explore:
        widgets.choice("explore_by", EXPLORE_BY, settings)
    widgets.everything()


def filters(settings: PipelineSettings) -> None:
    """Which filters take candidates out, and their parameters."""
    widgets.age_limit(settings)
    widgets.switch("drop_history", settings)
    widgets.switch("drop_served", settings)
    if settings.drop_served:
        scene.pick_shown()
    widgets.switch("drop_blocked", settings)
    if settings.drop_blocked:
        widgets.folded_blocking(settings)
    widgets.muted_topics(settings)
    widgets.muted_words(settings)
    widgets.everything()


def diversity(settings: PipelineSettings) -> None:
    """How the feed's posts are chosen among the best."""
    widgets.choice("diversity", METHODS, settings)
    off = settings.diversity == "off"
    widgets.slider("theta", settings, low=0.0, high=1.0, step=0.05, disabled=off, help=t("common.pipeline.theta_help"))
    widgets.slider("pool", settings, low=20, high=200, step=10, disabled=off, help=t("common.pipeline.pool_help"))
    widgets.everything()


def draw(settings: PipelineSettings, *, view: str) -> None:
    """The column of a view."""
    with components.aside():
        {"sources": sources, "filters": filters, "diversity": diversity}[view](settings)
