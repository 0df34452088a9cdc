"""Blocks that pages are built from, and what importing the dashboard costs."""

import subprocess
import sys

from dashboard import components


def test_card_escapes_what_users_wrote():
    card = components.Card(
        1, "<i>eve</i>", ("a & b", "Text", "post 28086"), "<script>x</script>", "0.1", ["<b>why</b>"]
    )
    markup = components.post_card(card)
    for tag in ("<i>", "<script>", "<b>"):
        assert tag not in markup
    assert "&lt;script&gt;x&lt;/script&gt;" in markup
    assert "a &amp; b" in markup


def test_card_of_a_post_without_text_has_no_line_for_it():
    card = components.Card(1, "eve", ("post p12",), "", "0.1", ["why"])
    assert "px-text" not in components.post_card(card)
    assert "px-text" in components.post_card(card._replace(text="words"))


def test_first_paint_waits_for_no_model(repository):
    script = (
        "import app, dashboard.main, sys\nprint([name for name in ('jax', 'haiku', 'faiss') if name in sys.modules])"
    )
    command = [sys.executable, "-c", script]
    run = subprocess.run(command, cwd=repository, check=True, capture_output=True, text=True)
    assert run.stdout.strip() == "[]"
