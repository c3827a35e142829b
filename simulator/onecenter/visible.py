"""Texts of others as they are shown: what a terminal or page would obey, or not show at all, is written out.

Names, titles and paths are data. A name with a control character could move the cursor, one with a sign that turns
the direction of what follows could show another name than it is.
"""

import json
import re
import unicodedata
from typing import Any, Final

#: Joiners belong to the spelling of words (Persian, Hindi) and of emoji.
_SPELLING: Final = "\u200c\u200d"

_HIDDEN_CATEGORIES: Final = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))


def visible(text: str, keep: str = "") -> str:
    r"""Return a text with its invisible characters written out: "\x1b", "\u202e"; those in `keep` stay.

    Invisible are control and format characters (those that turn the direction of a text among them), separators of
    lines and paragraphs, halves of surrogate pairs (bytes of a path that are not UTF-8), and codes that are no
    characters.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(letter if letter in keep or not _hidden(letter) else _escaped(letter) for letter in text)


def json_text(data: Any, indent: int | None = None) -> str:
    r"""Return plain data as JSON for people and programs: invisible characters of its texts as "\u202e"."""
    text = json.dumps(data, ensure_ascii=False, indent=indent)
    return re.sub(r"[^\n\x20-\x7e\u4e00-\u9fff]", _in_json, text)


def _in_json(found: "re.Match[str]") -> str:
    return json.dumps(found[0])[1:-1] if _hidden(found[0]) else found[0]


def _hidden(letter: str) -> bool:
    code = ord(letter)
    no_character = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
    return no_character or (unicodedata.category(letter) in _HIDDEN_CATEGORIES and letter not in _SPELLING)


def _escaped(letter: str) -> str:
    return {"\n": r"\n", "\t": r"\t", "\r": r"\r"}.get(letter) or ascii(letter)[1:-1]
