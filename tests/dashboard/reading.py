"""What tests read off a page under Streamlit's test driver: its only figure, that figure's arrays, its words."""

import base64
import html
import json
import re

import numpy as np
from streamlit.testing.v1 import AppTest

from dashboard.locale import translate


def spec(app: AppTest) -> dict:
    """The JSON of the page's one chart; fails if there is none, or more than one."""
    (chart,) = app.get("plotly_chart")
    return json.loads(chart.proto.spec)


def decode(array: list | dict) -> np.ndarray:
    """An array of a figure's JSON, which may be a list or typed bytes."""
    if not isinstance(array, dict):
        return np.array(array, float)
    flat = np.frombuffer(base64.b64decode(array["bdata"]), array["dtype"])
    return flat.reshape([int(size) for size in str(array.get("shape", flat.size)).split(",")])


def words(app: AppTest) -> str:
    """All Markdown of the page, sidebar included, one element a line; terms without what explains them."""
    return plain("\n".join(element.value for element in app.markdown))


def plain(text: str) -> str:
    """Markdown without what explains its terms, and with its bold as Markdown."""
    text = re.sub(r"<span popover.*?</span>|</?button[^>]*>", "", text)
    text = re.sub(r'<span class="px-together">(.*?)</span>', r"\1", text)  # a term and the punctuation beside it
    return re.sub(r"</?strong>", "**", text)


def mark(app: AppTest) -> str | None:
    """The line that says what was changed in a history, None on the page of a real user."""
    opening = translate("edits.mark", app.segmented_control(key="lang").value, changes="\n").splitlines()[0]
    return next((line for line in words(app).splitlines() if line.startswith(opening)), None)


def code(app: AppTest) -> str:
    """The first block of code among the page's pictures."""
    blocks = [element.proto.body for element in app.main.get("html") if 'class="px-code"' in element.proto.body]
    return html.unescape(blocks[0].removeprefix('<pre class="px-code">').removesuffix("</pre>"))


def assert_said_until_a_change(app: AppTest, given: str) -> None:
    """The page has one sentence about an unusable value of its address, which stays at the next run."""
    (warning,) = app.warning
    assert f"`{given}`" in warning.value
    app.run()
    assert [again.value for again in app.warning] == [warning.value]
