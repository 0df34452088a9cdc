"""What a teacher takes along: made of the table, with links that open."""

import re

from dashboard.guide import table
from dashboard.study import plan


def test_the_plan_holds_every_lesson_with_a_link_to_each_of_its_steps(language):
    text = plan.lesson_plan()
    assert text.count("\n## ") == len(table.LESSONS)
    links = re.findall(r"\]\((.*?)\)", text)
    assert len(links) == len(table.PATH)
    assert all(f"lang={language}" in link and "present=1" in link for link in links)
    assert "{" not in text


def test_the_list_of_links_has_a_line_for_each_step(language):
    head, *rows = plan.links().splitlines()
    assert len(rows) == len(table.PATH)
    assert all(row.count("\t") == head.count("\t") == 3 for row in rows)
    assert any("/attention?" in row and "mask=leaky" in row for row in rows)
