"""The post under inspection, whole, above the views that look at one post alone."""

import html

from dashboard.posts import describe
from dashboard.ranking.scene import Scene
from dashboard.view import Html


def post_box(scene: Scene) -> Html:
    """Topic, format and text of the selected post in a box."""
    candidates = scene.candidates
    (post,) = describe([candidates.post_ids[candidates.selected]], scene.world)
    about, text = html.escape(post.about), html.escape(candidates.texts[candidates.selected])
    return Html(f'<div class="px-card"><p class="px-meta">{about}</p><p class="px-text">{text}</p></div>')
