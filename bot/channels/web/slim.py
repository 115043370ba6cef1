"""Scripts and styles as they travel: without what is there for those who read the source.

Whole lines of comment and the space before a line go; nothing inside a line is touched, so that
no string can be changed by it. A script must not have a text of several lines whose indentation
matters: a test holds that.
"""

import re

_BLOCK = re.compile(rb"^[ \t]*/\*.*?\*/[ \t]*\n", re.MULTILINE | re.DOTALL)
_LINE = re.compile(rb"^[ \t]*//[^\n]*\n", re.MULTILINE)
_INDENT = re.compile(rb"^[ \t]+", re.MULTILINE)
_EMPTY = re.compile(rb"\n{2,}")


def slim(suffix: str, content: bytes) -> bytes:
    """The content of a file of that kind (".js", ".css"), as small as it gets without a tool."""
    if suffix not in (".js", ".css"):
        return content
    content = _BLOCK.sub(b"", content)
    if suffix == ".js":
        content = _LINE.sub(b"", content)
    return _EMPTY.sub(b"\n", _INDENT.sub(b"", content))
