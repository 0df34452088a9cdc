"""Free editing: the feed that the edited history leads to, and what the real one had instead."""

from dashboard import weighting
from dashboard.locale import t
from dashboard.user import changed
from dashboard.user.scene import EditScene
from dashboard.view import Text, View
from phoenix.analysis.changes import compare
from phoenix.analysis.edits import apply, difference


def view(scene: EditScene) -> View:
    """The lists and the topics; a sentence while nothing has been edited."""
    note, changes = weighting.note(scene.weighting), scene.changes
    said = [Text(note, "info")] if note else []
    if scene.edit.is_real:
        said.append(Text(t("user.edit.nothing"), "caption"))
    lists = (changed.after(scene, changes), *changed.gone(scene, changes))
    return View(
        blocks=(*said, *lists, *changed.topics(scene, changes)),
        notices=() if scene.edit.is_real else tuple(changed.notices(scene, changes)),
        maths=t("user.change.maths"),
        sources=(apply, difference, compare),
    )
