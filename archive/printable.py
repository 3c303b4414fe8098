"""What others wrote, made safe to show: nothing in it can move a terminal's cursor or turn the direction of a line."""

from __future__ import annotations

import json
import re

# control characters, line and paragraph separators, what turns the direction of text, and halves of characters
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def printable(text: object) -> str:
    """Return the text on one line, with unsafe characters as escapes that can be seen: `\\x1b`, `\\n`, `\\u202e`."""
    return _UNSAFE.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), str(text))


def json_line(value: object) -> str:
    """Return the value as JSON on one line; unsafe characters stay escapes, which JSON reads back as they were."""
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False))
