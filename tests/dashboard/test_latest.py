"""What is kept is what was asked for last; each answer is made once."""

import threading

import pytest

from dashboard.latest import keep_latest


@pytest.fixture
def made() -> list:
    return []


@pytest.fixture
def square(made):
    @keep_latest(2)
    def answer(number: int) -> int:
        made.append(number)
        return number**2

    return answer


def test_the_answer_that_was_asked_for_longest_ago_makes_room(square, made):
    assert [square(number) for number in (1, 2, 1, 3, 1, 2)] == [1, 4, 1, 9, 1, 4]
    assert made == [1, 2, 3, 2]


def test_equal_questions_at_once_are_answered_by_one_call_and_nobody_waits_for_another_answer():
    begun, go_on, made = threading.Event(), threading.Event(), []

    @keep_latest(2)
    def answer(number: int) -> int:
        made.append(number)
        if number == 2:
            begun.set()
            assert go_on.wait(20)
        return number

    assert answer(1) == 1
    asking = [threading.Thread(target=answer, args=(2,)) for _ in range(3)]
    for thread in asking:
        thread.start()
    assert begun.wait(20)
    assert answer(1) == 1
    go_on.set()
    for thread in asking:
        thread.join(20)
    assert made == [1, 2]


def test_a_failure_is_not_kept():
    answers = iter([ValueError("not yet"), "now"])

    @keep_latest(2)
    def answer() -> str:
        found = next(answers)
        if isinstance(found, ValueError):
            raise found
        return found

    with pytest.raises(ValueError, match="not yet"):
        answer()
    assert answer() == answer() == "now"
