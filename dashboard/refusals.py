"""What the library refuses, in the visitor's language: an error carries a key and values, the catalogue the words."""

from dashboard.locale import paragraph, t
from dashboard.words import quoted
from phoenix.checks import ForeseenError

_LONGEST = 200  # characters of a path or of what the system said


def explain(error: BaseException | None) -> str | None:
    """What is wrong and what to do about it, as Markdown; None where the error has but an English text.

    Args:
      error: a refusal, or one that a refusal caused.
    """
    if error is not None and not isinstance(error, ForeseenError):
        error = error.__cause__
    if not isinstance(error, ForeseenError) or not all(sentence.key for sentence in error.sentences):
        return None
    return paragraph(
        t(f"error.{key}", **{name: quoted(str(value), _LONGEST) for name, value in values.items()})
        for _, key, values in error.sentences
    )
