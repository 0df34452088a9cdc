"""The feed as cards, each of which says why it is there."""

from dashboard import components, naming
from dashboard.locale import paragraph, t
from dashboard.overview.reasons import cards
from dashboard.overview.scene import Scene
from dashboard.view import Html, Text, View


def view(scene: Scene) -> View:
    """Heading, one sentence and the cards."""
    handle = scene.world.users["handle"].iloc[scene.made.user_id]
    return View(
        blocks=(
            Text(t("overview.feed.title", handle=handle, count=len(scene.whys)), "heading"),
            Text(_sentence(scene)),
            Html(components.feed_html(cards(scene.whys, scene.world, language=scene.language))),
        )
    )


def _sentence(scene: Scene) -> str:
    said = t("overview.feed.sentence")
    if scene.weighting.changed:  # the page has said above which weights these are
        return said
    preset = naming.preset(scene.weighting.preset)
    return paragraph((said, t("overview.feed.weights", preset=preset)))
