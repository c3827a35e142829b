"""`--set path=value`: how a text is split, what a path and a value are, and where a value may be put."""

import copy
import re
from typing import Any

import pytest

from onecenter.errors import ScenarioError
from onecenter.scenario import load
from onecenter.scenario.differing import differing
from onecenter.scenario.files import with_texts
from onecenter.scenario.layers import merged
from onecenter.scenario.mistakes import dotted, shortened, written
from onecenter.scenario.overrides import names, put, split, value_of


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("a.b=3", ("a.b", "3")),
        (" a.b = 3 ", ("a.b", "3")),
        ("a=b=c", ("a", "b=c")),
        ('wait."p99.9"=1 h', ('wait."p99.9"', "1 h")),
        ('"a=b".c=d', ('"a=b".c', "d")),
        ("'a=b'.c=d", ("'a=b'.c", "d")),
        (r'"a\"=b".c=d', (r'"a\"=b".c', "d")),
        ("a=", ("a", "")),
        ("a=x\ny", ("a", "x\ny")),
    ],
)
def test_a_text_is_split_at_the_first_sign_outside_quotes(text: str, pair: tuple[str, str]) -> None:
    assert split(text) == pair


@pytest.mark.parametrize("text", ["", "a.b", "=3", "  =3", '"a=3', "'a=3", 3, None])
def test_a_text_without_path_or_sign(text: Any) -> None:
    with pytest.raises(ValueError, match="write path=value"):
        split(text)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("a", ["a"]),
        ("a.b-c.d_1", ["a", "b-c", "d_1"]),
        (" a . b ", ["a", "b"]),
        ('wait."p99.9"', ["wait", "p99.9"]),
        ("'a.b'.c", ["a.b", "c"]),
        (r'"a\"b"', ['a"b']),
        (r'"\u00e9"', ["é"]),
        (r"'a\b'", [r"a\b"]),
        ('""', [""]),
        ("长沙.x", ["长沙", "x"]),
    ],
)
def test_the_names_of_a_path(path: str, found: list[str]) -> None:
    assert names(path) == found


@pytest.mark.parametrize("path", ["", ".", "a.", ".a", "a..b", "a b", 'a"b"', '"a', "a[0]", r'"\x"', "a=b"])
def test_what_is_no_path(path: str) -> None:
    with pytest.raises(ValueError, match=r"not a (path|name)"):
        names(path)


def test_a_path_goes_no_deeper_than_files_do() -> None:
    assert len(names(".".join(["a"] * 32))) == 32
    with pytest.raises(ValueError, match="more than 32 names"):
        names(".".join(["a"] * 33))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", 3),
        ("3.0", 3.0),
        ("true", True),
        ("[1, 2]", [1, 2]),
        ('{ p95 = "1 h" }', {"p95": "1 h"}),
        ('"28 d"', "28 d"),
        ("28 d", "28 d"),
        ("", ""),
        ("True", "True"),
        ("1\nother = 2", "1\nother = 2"),
        ("1 # not a comment of ours", 1),
    ],
)
def test_a_value_is_read_as_toml_or_taken_as_text(text: str, value: Any) -> None:
    found = value_of(text)
    assert (type(found), found) == (type(value), value)


@pytest.mark.parametrize(("text", "wrong"), [("[" * 40, "deeper than 32"), ("9" * 20_000, "10,000 characters")])
def test_a_value_that_is_too_deep_or_too_long(text: str, wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        value_of(text)


def tiny() -> dict[str, Any]:
    """Return the data of `tiny`."""
    return copy.deepcopy(load("tiny").resolved())


def test_a_value_is_put_where_its_path_leads() -> None:
    data, before = tiny(), tiny()
    put(data, ["center", "nodes", "small", "count"], 5)
    assert data["center"]["nodes"]["small"]["count"] == 5
    assert list(differing(before, data)) == [("center", "nodes", "small", "count")]


def test_a_table_on_the_way_that_may_be_there_is_made() -> None:
    data = tiny()
    data.pop("growth", None)
    put(data, ["growth", "platforms", "talent"], {"monthly": 0.02})
    assert data["growth"] == {"platforms": {"talent": {"monthly": 0.02}}}


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        (["tyme", "seed"], 'there is no "tyme" in a scenario; did you mean "time"?'),
        (["time", "sed"], 'there is no "sed" in time; did you mean "seed"?'),
        (["time", "seed", "x"], "time.seed is a value, not a table"),
        (["center", "nodes", "big", "count"], 'there is no "big" in center.nodes'),
    ],
)
def test_a_path_that_leads_nowhere(path: list[str], wrong: str) -> None:
    data = tiny()
    with pytest.raises(ValueError, match=re.escape(wrong)):
        put(data, path, 1)
    assert data == tiny()


def test_overrides_of_a_scenario_are_applied_in_their_order_and_checked_together() -> None:
    found = with_texts(load("tiny"), ["time.seed=3", "time.seed=4"])
    assert found.time.seed == 4
    with pytest.raises(ScenarioError) as caught:
        with_texts(load("tiny"), ["time.seed=-1", "center.nodes.small.count=0"])
    assert len(caught.value.mistakes) == 2


def test_tables_merge_and_all_else_is_replaced() -> None:
    over = {"a": {"x": 1}, "list": [3], "b": {"kind": "one", "p": 1}, "c": {"kind": "two"}, "d": 5}
    base = {"a": {"x": 0, "y": 2}, "list": [1, 2], "b": {"kind": "one", "q": 2}, "c": {"kind": "one", "r": 1}, "e": {}}
    assert merged([over, base]) == {
        "a": {"x": 1, "y": 2},
        "list": [3],
        "b": {"kind": "one", "p": 1, "q": 2},
        # Another kind has other keys.
        "c": {"kind": "two"},
        "d": 5,
        "e": {},
    }


def test_of_three_files_the_first_has_the_last_word_and_none_is_changed() -> None:
    trees = [{"a": {"x": 1}}, {"a": {"x": 2, "y": 2}}, {"a": {"x": 3, "y": 3, "z": [3]}}]
    before = copy.deepcopy(trees)
    found = merged(trees)
    assert found == {"a": {"x": 1, "y": 2, "z": [3]}}
    found["a"]["z"].append(4)
    assert trees == before


def test_where_two_scenarios_differ() -> None:
    one = {"a": {"x": 1, "same": 0}, "b": [1, 2], "c": {}}
    other = {"a": {"x": 1.5, "same": 0}, "b": [1, 3], "d": "t"}
    assert differing(one, other) == {
        ("a", "x"): ("1", "1.5"),
        ("b",): ("[1, 2]", "[1, 3]"),
        ("c",): ("{}", "missing"),
        ("d",): ("missing", '"t"'),
    }
    assert differing(one, one) == {}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (["a", "b-c", 0, "d"], "a.b-c[0].d"),
        (["wait", "p99.9"], 'wait."p99.9"'),
        (["长沙"], '"长沙"'),
        ([], "(all)"),
        ([0, 1], "[0][1]"),
    ],
)
def test_a_path_is_written_as_it_can_be_set(path: list[str | int], text: str) -> None:
    assert dotted(path) == text
    if path and all(isinstance(key, str) for key in path):
        assert names(text) == path


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        ('a"b', r'"a\"b"'),
        ({"a": 1, "b": [True, "x"]}, '{ a = 1, b = [true, "x"] }'),
        ({}, "{}"),
        ((1, 2.5), "[1, 2.5]"),
        (10**31, "a number of 103 bits"),
        (-(10**30), "-1000000000000000000000000000000"),
    ],
)
def test_a_value_is_written_as_in_a_file(value: Any, text: str) -> None:
    assert written(value) == text


def test_long_texts_of_messages_are_cut() -> None:
    assert written("x" * 58) == f'"{"x" * 58}"'
    assert written("x" * 59) == f'"{"x" * 58}…'
    assert shortened("x" * 200) == "x" * 200
    assert shortened("x" * 201) == "x" * 199 + "…"
