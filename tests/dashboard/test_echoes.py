"""A browser that has not heard of a change repeats what it shows; one that has, means what it says."""

import pytest

from dashboard.echoes import MEMORY, Echoes

BEFORE, AFTER = {"user": "17"}, {"user": "17", "preset": "likes_only"}


@pytest.fixture
def echoes() -> Echoes:
    """A slider that showed 5 at one address has been set to 0, and another address was written."""
    echoes = Echoes()
    echoes.write(BEFORE)
    assert echoes.must_set("reply", 0, known=5, address=BEFORE)
    echoes.write(AFTER)
    return echoes


def test_the_old_value_beside_the_old_address_is_an_echo(echoes):
    assert echoes.is_echo("reply", 5, address=BEFORE)


def test_the_old_value_beside_the_new_address_is_a_choice(echoes):
    assert not echoes.is_echo("reply", 5, address=AFTER)


def test_another_value_is_a_choice_even_beside_the_old_address(echoes):
    assert not echoes.is_echo("reply", 5.5, address=BEFORE)


def test_another_widget_is_none_of_it(echoes):
    assert not echoes.is_echo("share", 5, address=BEFORE)


def test_an_address_that_nobody_has_written_swallows_nothing(echoes):
    assert not echoes.is_echo("reply", 5, address={"user": "23"})


def test_the_old_address_is_new_again_once_it_has_been_gone_back_to(echoes):
    echoes.write(BEFORE)
    assert not echoes.is_echo("reply", 5, address=BEFORE)


def test_a_widget_that_shows_the_value_is_left_alone(echoes):
    assert not echoes.must_set("reply", 0, known=0, address=AFTER)
    assert not echoes.must_set("reply", 0, known=0, address=BEFORE)


def test_an_echo_is_answered_and_stays_one_until_the_browser_has_heard(echoes):
    assert echoes.must_set("reply", 0, known=5, address=BEFORE)
    echoes.write({**AFTER, "view": "score"})
    assert echoes.is_echo("reply", 5, address=BEFORE)
    assert not echoes.is_echo("reply", 5, address=AFTER)


def test_a_choice_made_meanwhile_is_set_again_behind_the_change_that_it_will_meet(echoes):
    assert echoes.must_set("reply", 7, known=7, address=BEFORE)
    chosen = {**AFTER, "w": "reply:7"}
    echoes.write(chosen)
    assert echoes.is_echo("reply", 0, address=AFTER)
    assert not echoes.is_echo("reply", 0, address=chosen)


def test_what_is_remembered_is_bounded(echoes):
    for number in range(3 * MEMORY):
        echoes.must_set("reply", number + 1, known=number, address=AFTER)
        echoes.write({"number": str(number)})
    assert len(echoes._latest) == MEMORY
    assert len(echoes._settings["reply"]) <= MEMORY + 1
