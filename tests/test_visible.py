"""Texts of others: what is invisible is written out, all else stays."""

import json
import tomllib

import pytest

from onecenter.errors import OnecenterError
from onecenter.scenario.toml import dump
from onecenter.visible import json_text, visible

#: What is shown of a letter; each is one of a kind.
SHOWN = dict((
    ("\x00", r"\x00"),
    ("\x1b", r"\x1b"),
    ("\x7f", r"\x7f"),
    ("\x9b", r"\x9b"),
    ("\t", r"\t"),
    ("\n", r"\n"),
    ("\r", r"\r"),
    ("\xad", r"\xad"),
    ("\u061c", r"\u061c"),
    ("\u200b", r"\u200b"),
    ("\u200e", r"\u200e"),
    ("\u2028", r"\u2028"),
    ("\u202e", r"\u202e"),
    ("\u2066", r"\u2066"),
    ("\ufeff", r"\ufeff"),
    ("\udcff", r"\udcff"),
    ("\ud800", r"\ud800"),
    ("\ufdd0", r"\ufdd0"),
    ("\uffff", r"\uffff"),
    ("\U0001fffe", r"\U0001fffe"),
    ("\U000e0041", r"\U000e0041"),
))  # fmt: skip

PLAIN = ("", "a b", "公共算力 · é", "a\u3000b\xa0c", "می\u200cخواهم", "👩\u200d🔬", "[/red] $x$ :fire: <b>\\")


@pytest.mark.parametrize("letter", SHOWN, ids=ascii)
def test_an_invisible_letter_is_written_out(letter: str) -> None:
    assert visible(f"a{letter}b") == f"a{SHOWN[letter]}b"
    assert visible(f"a{letter}b", keep=letter) == f"a{letter}b"


@pytest.mark.parametrize("text", PLAIN, ids=ascii)
def test_all_else_stays(text: str) -> None:
    assert visible(text) == text


@pytest.mark.parametrize("text", [*PLAIN, "".join(SHOWN)], ids=ascii)
def test_json_reads_back_the_same(text: str) -> None:
    written = json_text({text: [text, 1.5, None]}, indent=2)
    assert json.loads(written) == {text: [text, 1.5, None]}
    assert visible(written, keep="\n") == written


def test_toml_reads_back_the_same() -> None:
    text = "".join(letter for letter in SHOWN if not "\ud800" <= letter <= "\udfff")
    written = dump({"title": {"en": text, "zh": "长沙"}})
    assert tomllib.loads(written) == {"title": {"en": text, "zh": "长沙"}}
    assert visible(written, keep="\n") == written
    assert "长沙" in written


def test_an_error_shows_what_it_was_given() -> None:
    error = OnecenterError("a\x1b[2J", ["b\u202e = 3\nc", "d"])
    assert str(error) == "a\\x1b[2J: 2 mistakes\n  - b\\u202e = 3\\nc\n  - d"
