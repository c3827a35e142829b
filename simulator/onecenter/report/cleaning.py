"""Texts of users without signs that no page should hold."""

import unicodedata
from typing import Final

#: Signs that turn the direction of what follows.
TURNING: Final = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def clean(text: str) -> str:
    """Return a text without signs that a page must not hold, or that would turn its direction."""
    return "".join(letter if _harmless(letter) else "\N{REPLACEMENT CHARACTER}" for letter in text)


def _harmless(letter: str) -> bool:
    if letter in "\t\n":
        return True
    plane_end = ord(letter) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(letter) <= 0xFDEF
    return unicodedata.category(letter) not in ("Cc", "Cs") and letter not in TURNING and not plane_end
