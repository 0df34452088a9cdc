"""What to notice, in words: the one sentence to remember in bold, and the readings that follow it."""

import re

# Where a sentence may end; what stands between quotation marks or as code is passed over.
_PASSED = re.compile(r"“[^”]*”|`+[^`]*`+|\$[^$\n]+\$")
_END = re.compile(r"[.!?](?=(?:\*\*)?(?:\s|$))|[。！？]")

_HAIR_SPACE = "\u200a"


def remember(notice: str) -> str:
    """A notice with its first sentence in bold, whatever was bold in it before."""
    hidden = _PASSED.sub(lambda part: "x" * len(part[0]), notice)
    found = _END.search(hidden)
    end = found.end() if found else len(notice)
    if hidden[:end].count("**") % 2:  # what is bold ends after the sentence: so does the new bold
        closing = hidden.find("**", end)
        end = closing + 2 if closing >= 0 else len(notice)
    apart = _HAIR_SPACE * notice.startswith("**", end)  # four asterisks on end would be read as asterisks
    return f"**{notice[:end].replace('**', '')}**{apart}{notice[end:]}"


def bullets(notices: list[str]) -> str:
    """Notices as a list."""
    return "\n".join(f"- {notice}" for notice in notices)
