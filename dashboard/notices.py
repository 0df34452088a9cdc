"""What to notice, in words: the one sentence to remember in bold, and the readings that follow it."""

import re

# Where a sentence may end; what stands between quotation marks or as code is passed over.
_PASSED = re.compile(r"“[^”]*”|`+[^`]*`+|\$[^$\n]+\$")
_END = re.compile(r"[.!?](?=\s|$)|[。！？]")


def remember(notice: str) -> str:
    """A notice with its first sentence in bold, whatever was bold in it before."""
    hidden = _PASSED.sub(lambda part: "x" * len(part[0]), notice)
    found = _END.search(hidden)
    end = found.end() if found else len(notice)
    return f"**{notice[:end].replace('**', '')}**{notice[end:]}"


def bullets(notices: list[str]) -> str:
    """Notices as a list."""
    return "\n".join(f"- {notice}" for notice in notices)
