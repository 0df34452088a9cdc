"""Every class that the dashboard gives its HTML has a rule in the style sheet, and every rule a use."""

import re
from pathlib import Path

DASHBOARD = Path(__file__).resolve().parents[2] / "dashboard"


def test_classes_of_the_html_are_those_of_the_style_sheet():
    used = {
        name for path in DASHBOARD.glob("**/*.py") for name in re.findall(r"\bpx-[a-z]+(?:-[a-z]+)*", path.read_text())
    }
    styled = set(re.findall(r"\.(px-[a-z]+(?:-[a-z]+)*)", (DASHBOARD / "style.css").read_text()))
    assert used == styled
