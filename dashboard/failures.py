"""What a visitor is told when something fails: a sentence, never a stack trace. The log has the rest."""

import streamlit as st

from dashboard import refusals, resources
from dashboard.locale import t


def is_foreseen(error: Exception) -> bool:
    """Whether the library or the index says itself, in its error's text, what is wrong and what to do."""
    return _key(error) is not None


def say(error: Exception) -> bool:
    """Says what failed, where it is called; for all that no page catches, `st.App` calls it after logging.

    Returns:
      True: Streamlit has nothing to add.
    """
    key = _key(error)
    if key is None:
        st.error(t("common.failure.unforeseen"))
    else:
        st.error(t(key))
        give_reason(error)
    return True


def give_reason(error: BaseException) -> None:
    """Shows what an error says: in the visitor's language if the library has foreseen it, else as it is."""
    said = refusals.explain(error)
    if said is not None:
        st.markdown(said)
    elif str(error):
        st.code(str(error), language=None, wrap_lines=True)


def _key(error: Exception) -> str | None:
    # Imported late: the first paint waits neither for faiss nor for JAX.
    from phoenix.checkpoint import ArtifactError
    from phoenix.index import IndexUnavailableError

    if isinstance(error, IndexUnavailableError):
        return "common.failure.index"
    if isinstance(error, resources.UnavailableError | ArtifactError):
        return "common.failure.models"
    return None
