"""How much there is in a TOML or JSON text, and how deep it goes, before a parser spends time and memory on it.

Texts in quotes and comments are left out as both languages delimit them; where a text is not well formed, the
parser stops at that place.
"""

import re
from typing import Final

#: Tables and lists within each other, and names of a dotted key, at most; scenarios need ten.
DEEPEST: Final = 32

#: Characters of a word or number that is not in quotes, at most; the parser of numbers takes 100 times the memory.
LONGEST: Final = 10_000

#: Keys and entries of lists, at most.
MAX_TOML: Final = 200_000
MAX_JSON: Final = 1_000_000

_TOML_TEXT: Final = re.compile(
    r'"""(?:[^"\\]++|\\.|"{1,2}(?!"))*+(?:"{3,5}|\Z)'
    r"|'''(?:[^']++|'{1,2}(?!'))*+(?:'{3,5}|\Z)"
    r'|"(?:[^"\\\n]++|\\[^\n])*+"?'
    r"|'[^'\n]*+'?"
    r"|#[^\n]*+",
    re.DOTALL,
)
_JSON_TEXT: Final = re.compile(r'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_TOML_WORD: Final = re.compile(r"(?<![^\s.=,\[\]{}])[^\s=,\[\]{}]{" + str(LONGEST + 1) + "}")
_TOML_REST: Final = re.compile(r"[^.=,\[\]{}\n]++")
_JSON_REST: Final = re.compile(r"[^:,\[\]{}]++")
_NO_BRACKET: Final = re.compile(r"[^\[\]{}]++")


def check_toml(text: str, most: int = MAX_TOML) -> int:
    """Return about how many keys, parts of keys and entries of lists a TOML text has; a ValueError refuses too many.

    It also refuses tables, lists or keys deeper than `DEEPEST`, and a word longer than `LONGEST`.
    """
    bare = _TOML_TEXT.sub("_", text)
    marks = _TOML_REST.sub("", bare)
    count = sum(map(marks.count, ".=,[{"))
    if count > most:
        raise ValueError(f"more than {MAX_TOML:,} keys and entries of lists in all")
    if "." * DEEPEST in marks:
        raise ValueError(f"a key of more than {DEEPEST} names with dots between them")
    if _TOML_WORD.search(bare):
        raise ValueError(f"a word or number of more than {LONGEST:,} characters")
    _check_depth(marks)
    return count


def check_json(text: str, most: int = MAX_JSON) -> None:
    """Raise ValueError if a JSON text has more than `most` keys and entries, or goes deeper than `DEEPEST`."""
    marks = _JSON_REST.sub("", _JSON_TEXT.sub("_", text))
    if sum(map(marks.count, ":,[{")) > most:
        raise ValueError(f"more than {most:,} keys and entries of lists")
    _check_depth(marks)


def _check_depth(marks: str) -> None:
    depth = 0
    for mark in _NO_BRACKET.sub("", marks):
        depth += 1 if mark in "[{" else -1
        if depth > DEEPEST:
            raise ValueError(f"tables or lists nested deeper than {DEEPEST}")
