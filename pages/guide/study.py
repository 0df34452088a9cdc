"""Study: the guide as a path, with lessons, tasks that tick themselves, a self-check, notes and three projects."""

from dashboard import controls
from dashboard.locale import t
from dashboard.study import scene
from dashboard.study.views import check, notes, path, projects, tasks
from dashboard.view import draw

# name → what reads its scene, and what shows it
VIEWS = {
    "path": (scene.read_path, path.view),
    "tasks": (scene.read, tasks.view),
    "check": (scene.read_check, check.view),
    "notes": (scene.read, notes.view),
    "projects": (scene.read_projects, projects.view),
}

name = controls.choice("view", tuple(VIEWS), default="path", label=t("study.view.label"), names="study.view")
read, view = VIEWS[name]
draw(view(read()))
