"""How tests work the Ranking page: its sliders, which show a penalty as its size, and its boxes."""

from streamlit.testing.v1 import AppTest

from phoenix.actions import ACTIONS, NEGATIVE_ACTIONS


def slider(app: AppTest, action: str):
    return app.slider(key=f"ranking.w.{action}")


def shown_weights(app: AppTest) -> dict[str, float]:
    """All weights, as the sliders say."""
    return {action: _sign(app, action) * slider(app, action).value + 0.0 for action in ACTIONS}


def move(app: AppTest, action: str, weight: float) -> None:
    slider(app, action).set_value(_sign(app, action) * weight).run()


def open_box(app: AppTest, name: str) -> None:
    """Popovers and expanders that fill when opened are driven by their state."""
    app.session_state[f"ranking.{name}"] = True
    app.run()


def import_file(app: AppTest, data: bytes) -> None:
    open_box(app, "box")
    app.file_uploader(key="ranking.import_weights").upload("weights.json", data).run()


def _sign(app: AppTest, action: str) -> int:
    """A weight of the wrong sign stretches its slider, which then runs from low to high as it is."""
    return -1 if action in NEGATIVE_ACTIONS and slider(app, action).min >= 0 else 1
