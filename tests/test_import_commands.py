"""`scenario from-kueue` and `scenario from-slurm` as they are called: what is printed where, and the exit status."""

import io
import json
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

import onecenter as oc
from onecenter.cli.main import main

QUEUE = """\
kind: ClusterQueue
metadata: {name: q}
spec:
  cohort: c
  stopPolicy: Hold
  resourceGroups:
  - coveredResources: [example.com/gpu, example.com/license]
    flavors:
    - name: a.100
      resources: [{name: example.com/gpu, nominalQuota: 6}, {name: example.com/license, nominalQuota: 40}]
"""
CONF = "NodeName=n[1-2] Gres=gpu:8 Weight=3\nSchedulerType=sched/backfill\n"

FILES = {"from-kueue": ("q.yaml", QUEUE), "from-slurm": ("slurm.conf", CONF)}
NOT_MODELLED = {
    "from-kueue": (5, 'ClusterQueue q: spec.stopPolicy = "Hold"'),
    "from-slurm": (1, 'NodeName=n[1-2]: Weight = "3"'),
}
COMMANDS = list(FILES)

Said = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the working folder, in which the files are."""
    monkeypatch.chdir(tmp_path)
    for name, text in FILES.values():
        Path(name).write_text(text)
    return tmp_path


def answer(capsys: Said, *arguments: str) -> dict[str, Any]:
    """Return what a call prints with --json."""
    assert main(["scenario", *arguments, "--json"]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    found: dict[str, Any] = json.loads(printed.out)
    return found


def refused(capsys: Said, *arguments: str) -> str:
    """Return what is said of a call that is refused, of which nothing is printed and nothing written."""
    before = sorted(Path().iterdir())
    assert main(["scenario", *arguments]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert sorted(Path().iterdir()) == before
    return printed.err


@pytest.mark.parametrize("command", COMMANDS)
def test_the_scenario_goes_to_the_output_and_the_lists_beside_it(command: str, capsys: Said) -> None:
    file, (line, what) = FILES[command][0], NOT_MODELLED[command]
    assert main(["scenario", command, file]) == 0
    printed = capsys.readouterr()
    Path("ours.toml").write_text(printed.out)
    lines = printed.err.splitlines()
    assert f"  not modelled: {file}:{line}: {what}" in lines
    noted = [each.partition(": ")[2] for each in lines if "not modelled: " not in each]
    assert noted == list(oc.load("ours.toml").notes)
    assert len(noted) >= 2


@pytest.mark.parametrize("command", COMMANDS)
def test_with_a_target_only_its_name_is_printed(command: str, capsys: Said) -> None:
    file = FILES[command][0]
    assert main(["scenario", command, file]) == 0
    printed = capsys.readouterr()
    assert main(["scenario", command, "--to", "ours.toml", file]) == 0
    again = capsys.readouterr()
    assert again.out == "  written: ours.toml\n"
    assert again.err == printed.err
    assert Path("ours.toml").read_text() == printed.out
    assert main(["validate", "ours.toml"]) == 0


@pytest.mark.parametrize("command", COMMANDS)
def test_as_json_all_of_it_is_one_object(command: str, capsys: Said) -> None:
    file, (line, what) = FILES[command][0], NOT_MODELLED[command]
    found = answer(capsys, command, file, "--to", "ours.toml")
    assert list(found) == ["scenario", "assumed", "to_add", "not_modelled"]
    assert {"file": file, "line": line, "what": what} in found["not_modelled"]
    assert found["scenario"]["notes"] == [*found["assumed"], *found["to_add"]]
    assert tomllib.loads(Path("ours.toml").read_text()) == found["scenario"]


@pytest.mark.parametrize("command", COMMANDS)
def test_standard_input_is_a_file(command: str, capsys: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    file, text = FILES[command]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    piped = answer(capsys, command, "-")
    assert piped["scenario"] == answer(capsys, command, file)["scenario"]
    line, what = NOT_MODELLED[command]
    assert {"file": "standard input", "line": line, "what": what} in piped["not_modelled"]


@pytest.mark.parametrize(
    ("command", "text", "wrong"),
    [
        ("from-kueue", b"a: [", " not YAML: line 2: "),
        ("from-kueue", b"a: 1\na: \xff", " line 2: not UTF-8"),
        ("from-kueue", QUEUE.replace("6}", "-6}").encode(), "10: ClusterQueue q: "),
        ("from-slurm", b"ClusterName=\xff", " line 1: not UTF-8"),
        ("from-slurm", b"Name|GrpJobs\na|1|2", " line 2: 3 columns: "),
        ("from-slurm", b"#\nhello", " line 2: 'hello': Key=Value is expected"),
    ],
)
def test_a_mistake_in_standard_input_has_its_place(
    command: str, text: bytes, wrong: str, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))
    assert f"standard input:{wrong}" in refused(capsys, command, "-")


@pytest.mark.parametrize("command", COMMANDS)
def test_what_is_refused_leaves_no_file_behind(command: str, capsys: Said) -> None:
    file = FILES[command][0]
    assert "none: cannot be read: No such file or directory" in refused(capsys, command, "none", "--to", "ours.toml")
    assert "cannot be written" in refused(capsys, command, file, "--to", "none/ours.toml")
    assert "FILE" in refused(capsys, command)
    assert "--nods" in refused(capsys, command, file, "--nods", "a=1x1")


@pytest.mark.parametrize(
    ("given", "right"),
    [
        ("a", "FLAVOR=COUNTxACCELERATORS is expected, such as a100=16x8"),
        ("=2x8", "FLAVOR=COUNTxACCELERATORS is expected, such as a100=16x8"),
        ("a=4", "nodes x accelerators per node is expected, such as 48x8"),
        ("a=2.5x8", "nodes x accelerators per node is expected, such as 48x8"),
        ("a=0x8", "at least 1 is expected"),
    ],
)
def test_nodes_that_are_none(given: str, right: str, capsys: Said) -> None:
    assert f"--nodes: '{given}': {right}" in refused(capsys, "from-kueue", "q.yaml", "--nodes", given)


def test_nodes_are_given_by_the_name_in_the_files_or_in_the_scenario(capsys: Said) -> None:
    for name in ("a.100", "a-100"):
        found = answer(capsys, "from-kueue", "q.yaml", "--nodes", f"{name}=3x2")
        assert found["scenario"]["center"]["nodes"] == {"a-100": {"count": 3, "accelerators": 2}}
        assert found["assumed"] == []
    said = refused(capsys, "from-kueue", "q.yaml", "--nodes", "a-10=3x2", "--nodes", "b=1x1")
    assert '--nodes a-10: no such flavor; did you mean "a-100"? the files have a-100' in said
    assert "--nodes b: no such flavor" in said


def test_the_resource_that_counts_is_chosen(capsys: Said) -> None:
    found = answer(capsys, "from-kueue", "q.yaml", "--resource", "example.com/license")
    assert found["scenario"]["platforms"]["q"]["quota"] == {"nominal": {"a-100": 40}}
    assert any("example.com/gpu" in each["what"] for each in found["not_modelled"])


def test_an_imported_center_runs_a_log(capsys: Said) -> None:
    """The other way that the answer names: the demand is a log's."""
    assert main(["scenario", "from-slurm", "slurm.conf", "--to", "ours.toml"]) == 0
    rows = [f"{n} 0 -1 60 {size} -1 -1 {size} 60 -1 1 1 1 1 1 1 -1 -1" for n, size in ((1, 8), (2, 8), (3, 8))]
    Path("log.swf").write_text("\n".join(["; MaxProcs: 16", *rows, ""]))
    capsys.readouterr()
    assert main(["replay", "log.swf", "--center", "ours.toml", "--json"]) == 0
    center = json.loads(capsys.readouterr().out)["center"]
    assert center["wait_s"]["mean"] == pytest.approx(20)
