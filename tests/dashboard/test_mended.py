"""What of Streamlit is mended: the end of one fragment's run survives the beginning of another's."""

from collections.abc import Iterator

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue

from dashboard import mended

PAGE, LOOK = "the page's fragment", "its look at the work"


@pytest.fixture(autouse=True)
def mend() -> Iterator[None]:
    """As the server does, for one test."""
    before = ForwardMsgQueue.clear
    mended.mend()
    yield
    ForwardMsgQueue.clear = before


def finished(status: int, *fragments: str) -> ForwardMsg:
    message = ForwardMsg()
    message.script_finished = status
    message.metadata.run.script_run_id = "run"
    message.metadata.run.fragment_ids.extend(fragments)
    return message


def after_beginning(message: ForwardMsg, *fragments: str) -> int:
    """A queued message's status after a run of these fragments has begun; of none: of the whole page."""
    queue = ForwardMsgQueue()
    queue.enqueue(message)
    queue.clear(retain_lifecycle_msgs=True, fragment_ids_this_run=list(fragments) or None)
    (left,) = queue.flush()
    return left.script_finished


ENDED, WHOLE, EARLY = (
    ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY,
    ForwardMsg.FINISHED_SUCCESSFULLY,
    ForwardMsg.FINISHED_EARLY_FOR_RERUN,
)


def test_the_fault_is_still_there_to_be_mended(monkeypatch):
    monkeypatch.setattr(ForwardMsgQueue, "clear", mended._clear)
    assert after_beginning(finished(ENDED, PAGE), LOOK) == EARLY, "Streamlit mends it itself: dashboard.mended can go"


@pytest.mark.parametrize(
    ("status", "ended", "begins", "then"),
    [
        (ENDED, [PAGE], [LOOK], ENDED),  # mended
        (ENDED, [PAGE], [PAGE], EARLY),  # what it drew and was not sent yet is dropped: the new run draws it again
        (ENDED, [PAGE, LOOK], [LOOK], EARLY),
        (ENDED, [PAGE], [], EARLY),
        (EARLY, [PAGE], [LOOK], EARLY),
        (WHOLE, [], [LOOK], WHOLE),
        (WHOLE, [], [], EARLY),
    ],
)
def test_only_the_end_of_another_fragment_stays_what_it_is(status, ended, begins, then):
    assert after_beginning(finished(status, *ended), *begins) == then


def test_without_a_run_everything_goes():
    queue = ForwardMsgQueue()
    queue.enqueue(finished(ENDED, PAGE))
    queue.clear()
    assert queue.flush() == []
