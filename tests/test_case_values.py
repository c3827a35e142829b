"""No option of any command accepts an impossible value; the table is made from the parser."""

import argparse
import itertools
from collections.abc import Iterator
from typing import Any

import pytest

from onecenter.cli.main import main, parser

#: What no number of any kind is, and what no text is. The digits of the third are not ASCII.
NO_NUMBER = ["", " ", "１２", "1_0", "nan", "-nan", "inf", "-inf", "Infinity", "1e999", "-1e999", "0x10", "1,000"]
NO_NUMBER += ["many", "--", "1 2", "9" * 5_000, "-1", "1\0"]
NO_TEXT = ["", " ", "\t", "a\0b"]

#: What is impossible by the kind of an option's type, beside NO_NUMBER for numbers.
NUMBERS = {
    "count": ["1.0", "1e3", "2.5", str(2**63), "-0.5"],
    "amount": ["0", "-0", "1e300"],
    "amounts": ["0", "1,0", "1,", ",1", "1,,2", "1,1", "0.9,1e999", "1;2", "101"],
    "share": ["1", "-1%", "100%", "1e999%", "nan%", "1_0%", "%"],
    "duration": ["5", "-5 d", "1_0 d", "nan d", "inf d", "1e999 d", "１ d", "28 days", "1001 y", "abc"],
    "power": ["5", "0 W", "-1 kW", "1_0 W", "nan W", "2 MVA", "1e6 MW 1"],
    "shape": ["0x8", "8x0", "-1x8", "8by8", "48x", "1_0x8", "４x８", "1e3x8", f"{10**9}x8", "8x8x8", "1.5x8"],
    "nodes": ["8x8", "a100", "a100=", "=8x8", "a100=8", "a100=0x8", "a100=8x0", "a100=-1x8", "a100=1_0x8"],
    "seeds": ["42..", "..42", "51..42", "1...2", "1..2..3", "1-2", "1,2", f"0..{10**6}", str(2**63)],
    "setting": ["periods", "periods=", "periods=0", "periods=1", "periods=nan", "periods=1_0", "months=0.5"],
}
TEXTS = {
    "text": NO_TEXT,
    "name": [*NO_TEXT, "best", "EASY", "1", "fifo,easy"],
    "names": [*NO_TEXT, ",", "fifo,", ",fifo", "fifo,,easy", "fifo,best", "fifo,fifo", "fifo easy"],
    "assignment": [*NO_TEXT, "path", "=1", "path=", " = "],
    "condition": [
        *NO_TEXT, "x", "x >", "> 1", "x = 1", "x => 1", "x > nan", "x > inf", "x > 1e999", "x > 1_0", "x > １",
        "x > -1e999 %", "x > 1_0 min", "x > many", "x > true", "x < false", 'x > "a"', "x > 1 day", ". > 1",
    ],
}  # fmt: skip
IMPOSSIBLE = {name: [*NO_NUMBER, *found] for name, found in NUMBERS.items()} | TEXTS

#: Least of each option of the kind count: what is just below it is impossible.
LEAST = {
    "--seed": 0, "--replications": 1, "--processors": 1, "--racks": 1, "--workers": 1, "--points": 2, "--job": 0,
    "--windows": 5, "--fair-starts": 0, "--trials": 1,
}  # fmt: skip
LEAST_OF_COMMAND = {("compare", "--replications"): 2, ("plan", "--replications"): 2, ("tune", "--replications"): 2}

#: What a command takes beside the option that is tried.
REST = {
    "run": ["tiny"],
    "replay": ["log.swf", "--processors", "4"],
    "compare": ["tiny"],
    "plan": ["tiny", "--vary", "center.nodes.small.count=1:4"],
    "sweep": ["tiny", "--vary", "center.nodes.small.count=1,2", "--out", "there"],
    "report": ["there.parquet", "-o", "report.html"],
    "tune": ["tiny"],
    "suite": ["--quick"],
    "show": ["tiny"],
    "validate": ["tiny"],
    "scenario": [],
    "scenario from-kueue": ["queues.yaml"],
    "scenario from-slurm": ["slurm.conf"],
    "scenario list": [],
    "scenario reference": [],
    "scenario schema": [],
    "policies": [],
    "export": ["there.parquet", "--to", "there.swf"],
    "pack": ["--nodes", "nodes.csv", "--tasks", "tasks.csv"],
    "explain": ["there.parquet", "--job", "1"],
    "diff": ["there.parquet", "here.parquet"],
}


#: Commands that take no value.
WITHOUT_VALUES = ("policies", "scenario list", "scenario reference", "scenario schema")


def commands() -> dict[str, argparse.ArgumentParser]:
    """Return the parser of each command."""
    return below(parser(), "")


def below(top: argparse.ArgumentParser, before: str) -> dict[str, argparse.ArgumentParser]:
    """Return the parsers of the commands of a parser, and of theirs."""
    found: dict[str, argparse.ArgumentParser] = {}
    for action in top._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, part in action.choices.items():
                found |= {before + name: part} | below(part, f"{before}{name} ")
    return found


def actions() -> Iterator[tuple[str, argparse.Action]]:
    """Give each command with each of its options and arguments that takes a value."""
    for command, part in commands().items():
        yield from ((command, action) for action in part._actions if action.nargs != 0)


def impossible() -> Iterator[tuple[str, str, str]]:
    """Give command, option ("" for an argument by place) and impossible value."""
    for command, action in actions():
        name = action.option_strings[-1] if action.option_strings else ""
        kind = action.type.name if action.type else ""
        values = ["", "best", "1"] if action.choices else list(IMPOSSIBLE[kind])
        if kind == "count":
            values.append(str(LEAST_OF_COMMAND.get((command, name), LEAST[name]) - 1))
        yield from ((command, name, value) for value in values)


def call(command: str, name: str, value: str) -> list[str]:
    """Return the arguments of a call in which all but the value is right."""
    rest = REST[command]
    if not name:
        return [*command.split(), *rest[1:], *(["--", value] if value.startswith("-") else [value])]
    if name in ("--nodes", "--center") and command == "replay":
        rest = rest[:1]
    elif name in rest:
        at = rest.index(name)
        rest = [*rest[:at], *rest[at + 2 :]]
    return [*command.split(), *rest, f"{name}={value}"]


def test_every_value_has_a_type() -> None:
    without = [
        (command, action.dest)
        for command, action in actions()
        if not action.choices and action.type.name not in IMPOSSIBLE
    ]
    assert without == []
    assert set(commands()) == set(REST)


@pytest.mark.parametrize("command", REST)
def test_impossible_values_are_refused(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # Nothing may be simulated, nor read: the command itself must not begin.
    def begun(options: argparse.Namespace) -> int:
        raise AssertionError(f"the command begins with {options}")

    monkeypatch.setattr("onecenter.cli.main._lazily", lambda module, name: begun)
    built = parser()
    monkeypatch.setattr("onecenter.cli.main.parser", lambda: built)
    tried = 0
    for of, name, value in impossible():
        if of == command:
            told = refused(capsys, call(of, name, value), of)
            assert told.count("\n") == 1, told
            tried += 1
    assert tried > 2 or command in WITHOUT_VALUES


def refused(capsys: pytest.CaptureFixture[str], arguments: list[str], command: str = "") -> str:
    """Return what is said of a call that is refused."""
    assert main(arguments) == 2, arguments
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith(f"onecenter: {command or arguments[0]}: "), printed.err
    assert len(printed.err) < 450
    return printed.err


@pytest.mark.parametrize("command", REST)
def test_what_stands_beside_the_value_is_right(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onecenter.cli.main._lazily", lambda module, name: lambda options: 0)
    assert main([*command.split(), *REST[command], *(["list"] if command == "scenario" else [])]) == 0


def told_of(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Return what is said of a call that is refused, whether by a return or by an exit."""
    try:
        status: Any = main(arguments)
    except SystemExit as stop:
        status = stop.code
    assert status == 2
    return capsys.readouterr().err


CASES = {
    "nan": ("run", "tiny", "--fail-if", "center.submitted > nan"),
    "too large": ("run", "tiny", "--fail-if", "center.submitted > 1e999"),
    "underscore": ("run", "tiny", "--fail-if", "center.submitted > 1_0"),
    "truth by size": ("run", "tiny", "--fail-if", "center.meets_target > true"),
    "time of no time": ("run", "tiny", "--fail-if", "center.submitted > 9 min"),
    "number for truth": ("run", "tiny", "--fail-if", "center.submitted == true"),
    "no policy": ("compare", "tiny", "--policies", ""),
    "a policy twice": ("compare", "tiny", "--policies", "fifo,fifo"),
    "seed with underscore": ("run", "tiny", "--seed", "1_0"),
    "seed in other digits": ("run", "tiny", "--seed", "１２"),
}


@pytest.mark.case("7.12")
@pytest.mark.parametrize("name", CASES)
def test_an_impossible_value_is_refused(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    told = told_of(capsys, *CASES[name])
    assert CASES[name][-2].removeprefix("--") in told
    assert "expected" in told or "too large" in told or "is no time" in told


@pytest.mark.case("7.12")
def test_an_empty_name_is_no_scenario(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("run", "show", "validate", "compare"):
        assert "the name of a shipped scenario, or a file, is expected" in told_of(capsys, command, "")


def test_numbers_with_signs_and_exponents_are_numbers() -> None:
    options = parser().parse_args(["plan", "tiny", "--vary=a=1:2", "--demand=+1.5e0", "--seed=007", "--budget", "1e6"])
    assert (options.demand, options.seed, options.budget) == (1.5, 7, 1e6)
    assert list(itertools.chain(options.vary)) == ["a=1:2"]
