"""The feed as cards, each of which says why it is there."""

from dashboard import components, naming, words
from dashboard.locale import paragraph, t
from dashboard.overview.reasons import cards
from dashboard.overview.scene import TOP, Scene
from dashboard.view import Html, Text, View


def view(scene: Scene) -> View:
    """Heading, one sentence and the cards."""
    handle, count = scene.world.users["handle"].iloc[scene.made.user_id], len(scene.whys)
    return View(
        blocks=(
            Text(t("overview.feed.title", handle=handle, count=count), "heading"),
            *([Text(short, "warning")] if (short := too_few(scene)) else []),
            Text(_sentence(scene)),
            Html(components.feed_html(cards(scene.whys, scene.world, language=scene.language))),
        )
    )


def too_few(scene: Scene) -> str:
    """A sentence where the stages leave fewer posts than a feed has; empty where they do not."""
    count = len(scene.whys)
    if count >= min(TOP, scene.corpus):
        return ""
    return t("overview.feed.short" if count else "overview.feed.empty", count=count, top=TOP)


def _sentence(scene: Scene) -> str:
    said, settings = [t("overview.feed.sentence")], scene.settings
    if settings.diversity != "off":
        method = t(f"common.pipeline.diversity.{settings.diversity}")
        said.append(t("overview.feed.diverse", method=method, theta=words.number(settings.theta)))
    if scene.shown and settings.drop_served:
        said.append(t("overview.feed.after", count=scene.shown))
    if not scene.weighting.changed:  # else the page has said above which weights these are
        said.append(t("overview.feed.weights", preset=naming.preset(scene.weighting.preset)))
    return paragraph(said)
