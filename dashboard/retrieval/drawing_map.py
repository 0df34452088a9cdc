"""The first drawing of the map of the corpus: background work, with its slowest part in a process of its own."""

import sys
import tempfile
from pathlib import Path

import numpy as np

from dashboard import resources
from dashboard.background import Progress, Request, ShouldStop
from dashboard.child import ChildError, run_child
from phoenix.analysis.projection import Projection, build_projection, iterations_done, save_projection
from phoenix.checkpoint import load_arrays, save_arrays
from phoenix.environment import cache_folder

LONGEST_SECONDS = 900.0
COMMAND = (sys.executable, "-u", "-m", "phoenix.analysis.projection")  # unbuffered: each line as it comes
_ROOT = Path(__file__).resolve().parents[2]


def request() -> Request:
    """The request for the map; it is also kept on disk, for the next start."""
    vectors = resources.recommender().corpus_embeddings

    def draw(progress: Progress, should_stop: ShouldStop) -> Projection:
        def arrange(landmarks: np.ndarray, arranging: Progress) -> np.ndarray:
            return arrange_in_child(landmarks, arranging, should_stop)

        made = build_projection(vectors, arrange=arrange, progress=progress, should_stop=should_stop)
        save_projection(made, vectors, cache_folder())
        return made

    return resources.request("map", draw, weigh=lambda made: {id(made): made.xy.nbytes})


def arrange_in_child(landmarks: np.ndarray, progress: Progress, should_stop: ShouldStop) -> np.ndarray:
    """Arranges landmarks as `phoenix.analysis.projection.arrange` does, in a process that can be ended at any moment.

    Raises:
      ChildError: the process failed or was ended, or what it wrote is not what was asked for.
      OSError: it could not be started.
    """

    def take(line: str) -> None:
        done = iterations_done(line)
        if done is not None:
            progress(*done)

    progress(0, 1)
    with tempfile.TemporaryDirectory() as folder:
        source, target = (Path(folder) / f"{name}.safetensors" for name in ("vectors", "anchors"))
        save_arrays(source, {"vectors": landmarks}, {})
        limits = dict(should_stop=should_stop, seconds=LONGEST_SECONDS, folder=_ROOT)
        run_child([*COMMAND, str(source), str(target)], take=take, **limits)
        anchors = load_arrays(target)[0].get("anchors")
    if anchors is None or anchors.shape != (len(landmarks), 2):
        raise ChildError("The arranging process ended without placing every landmark.")
    progress(1, 1)
    return anchors
