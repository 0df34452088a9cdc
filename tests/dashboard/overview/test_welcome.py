"""The card that greets a new visitor."""

from urllib.parse import parse_qs

from dashboard.locale import translate
from phoenix.defaults import DEFAULT_USER
from tools import choose_user


def doors(app) -> dict[str, dict[str, list[str]]]:
    """The card's links: page → parameters."""
    titles = {translate(f"overview.welcome.{door}", "en") for door in ("learn", "teach", "tune")}
    links = [link.proto for link in app.main.get("page_link") if link.proto.label in titles]
    return {link.page: parse_qs(link.query_string) for link in links}


def test_three_doors_lead_to_learning_teaching_and_tuning(open_page):
    found = doors(open_page("overview", user="17"))
    assert set(found) == {"study", "attention", "ranking"}
    assert found["attention"]["present"] == ["1"]
    assert found["ranking"]["w"] == ["reply:10"]
    assert found["ranking"]["view"] == ["moved"]
    assert all(query["user"] == ["17"] for query in found.values())


def test_the_card_can_be_closed_and_stays_closed(open_page):
    app = open_page("overview")
    app.button(key="welcome-close").click().run()
    assert not doors(app)
    assert not doors(app.run())


def test_the_first_user_shows_what_the_guide_says(recommender):
    """After a new training this may fail: then `python -m tools.choose_user` names another first user."""
    lessons = choose_user.measure(recommender, DEFAULT_USER)
    assert lessons.fifteen > 0.05
    assert lessons.unmet > 20
    assert lessons.ranking >= 10
    assert lessons.reply >= 1
    assert lessons.likes >= 3
    assert choose_user.has_tastes(recommender, DEFAULT_USER)
