"""What of Streamlit is mended here, until a release does it; `dashboard.door` says what of it is turned off."""

from typing import Any

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue

_clear = ForwardMsgQueue.clear


def mend() -> None:
    """Mends; call it once, at start-up."""
    ForwardMsgQueue.clear = _clear_but_leave_what_has_finished


def _clear_but_leave_what_has_finished(
    self: ForwardMsgQueue,
    retain_lifecycle_msgs: bool = False,
    fragment_ids_this_run: list[str] | None = None,
) -> None:
    """Clears the queue as a fragment's run begins, and leaves the news that another's has ended whole.

    A view that waits for work looks every 0.7 s how far it is, by a fragment within the page's. When the visitor leaves
    the view, the page's fragment draws another one; a look asked for meanwhile begins in the moment in which that ends,
    and Streamlit then turns the page's end, not yet sent, into an interruption, after which the browser clears nothing
    away: the controls of the view that was left stand in the middle of the next one (streamlit/streamlit#16708).
    """
    begins = set(fragment_ids_this_run or ())
    ended = [message for message in self._queue if begins and _has_ended(message, begins)]
    _clear(self, retain_lifecycle_msgs, fragment_ids_this_run)
    for message in ended:
        message.script_finished = ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY


def _has_ended(message: Any, begins: set[str]) -> bool:
    """Whether a message says that fragments have run to their end, none of which begins anew."""
    return (
        message.WhichOneof("type") == "script_finished"
        and message.script_finished == ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY
        and begins.isdisjoint(message.metadata.run.fragment_ids)
    )
