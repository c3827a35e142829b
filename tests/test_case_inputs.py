"""What nobody should hand over: too deep, too large, or too many mistakes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from onecenter.cli.main import main
from onecenter.scenario import load, shipped_folder

TINY = (shipped_folder() / "tiny.toml").read_text(encoding="utf-8")

DEEP = {
    "a dotted key": (".".join(["a"] * 20_000) + " = 1", "a key of more than 32 names"),
    "nested lists": ("notes = " + "[" * 400 + "]" * 400, "nested deeper than 32"),
    "nested tables": ("notes = " + "{ a = " * 400 + "1" + " }" * 400, "nested deeper than 32"),
    "a number": ('extends = "tiny"\n[policy]\norder = 0x' + "f" * 5_000, "policy.order = a number of 20000 bits"),
    "a kind": (
        'extends = "mm-c"\n[platforms.queue.demand.customers.arrivals]\nkind = 0x' + "f" * 5_000,
        "arrivals.kind = a number of 20000 bits: one of poisson, timetable is expected",
    ),
    "keys": ("".join(f"a{i}=1\n" for i in range(300_000)), "more than 200,000 keys"),
    "bytes": ("".join(f"a{i}=1\n" for i in range(1_000_000)), "larger than 4 MiB"),
}

#: Reads each file and prints how that ends; then the memory in all (MiB).
CHILD = """
import sys
from memory import most_memory
from onecenter.errors import ScenarioError
from onecenter.scenario import load
for path in sys.argv[1:]:
    try:
        load(path)
    except ScenarioError as error:
        print(error)
print(most_memory())
"""


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Return what a call says that is a mistake of the user."""
    assert main(arguments) == 2
    return capsys.readouterr().err


@pytest.mark.case("7.9-1")
def test_what_is_too_much_costs_little(tmp_path: Path) -> None:
    paths = []
    for name, (text, _) in DEEP.items():
        paths.append(tmp_path / f"{name}.toml")
        paths[-1].write_text(text, encoding="utf-8")
    command = [sys.executable, "-c", CHILD, *map(str, paths)]
    paths_of_code = {**os.environ, "PYTHONPATH": os.pathsep.join([*sys.path, str(Path(__file__).parent)])}
    run = subprocess.run(command, capture_output=True, text=True, timeout=120, env=paths_of_code)
    assert run.returncode == 0, run.stderr
    assert not run.stderr
    *mistakes, memory = run.stdout.splitlines()
    for path, (_, right) in zip(paths, DEEP.values(), strict=True):
        assert any(line.startswith(f"{path}: ") and right in line for line in mistakes), path
    assert int(memory) < 300


@pytest.mark.case("7.9-2")
@pytest.mark.parametrize(
    ("change", "right"),
    [
        ("notes=" + "[" * 400 + "]" * 400, "nested deeper than 32"),
        ("policy.order=0x" + "f" * 5_000, "policy.order = a number of 20000 bits"),
    ],
)
def test_overrides(capsys: pytest.CaptureFixture[str], change: str, right: str) -> None:
    assert right in told(capsys, "validate", "tiny", "--set", change)


def test_a_long_path_to_set(capsys: pytest.CaptureFixture[str]) -> None:
    text = told(capsys, "validate", "tiny", "--set", ".".join(["a"] * 20_000) + "=1")
    assert "a path of more than 32 names" in text
    assert len(text) < 1_000


@pytest.mark.case("7.9-3")
def test_plain_data_from_python() -> None:
    import onecenter as oc
    from onecenter.errors import ScenarioError

    deep: list[object] = []
    for _ in range(2_000):
        deep = [deep]
    tiny = load("tiny")
    for wrong in ({"notes": deep}, {"policy": {"order": 16**5_000}}):
        with pytest.raises(ScenarioError):
            oc.scenario.from_dict(tiny.resolved() | wrong)
        with pytest.raises(ScenarioError):
            oc.scenario.with_set(tiny, wrong)


@pytest.mark.case("7.9-4")
def test_many_files_are_too_much_together(tmp_path: Path) -> None:
    from onecenter.errors import ScenarioError

    for i in range(4):
        keys = "".join(f"a{i}_{k} = 1\n" for k in range(60_000))
        (tmp_path / f"{i}.toml").write_text(f'extends = "{i + 1}.toml"\n{keys}', encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"3\.toml: more than 200,000 keys and entries of lists in all"):
        load(tmp_path / "0.toml")


@pytest.mark.case("7.9-5")
def test_of_very_many_mistakes_the_first_are_told(tmp_path: Path) -> None:
    from onecenter.errors import ScenarioError

    path = tmp_path / "s.toml"
    jobs = "{ submit = 1 }, " * 150
    path.write_text(TINY + f"[platforms.x.demand.s]\njobs = [{jobs}]\n", encoding="utf-8")
    with pytest.raises(ScenarioError) as error:
        load(path)
    assert len(error.value.mistakes) == 101
    assert error.value.mistakes[0].startswith("platforms.x.demand.s.jobs[0].")
    assert error.value.mistakes[-1] == "and more; correct these first"


def test_a_mistake_far_down_a_long_list_has_its_place(tmp_path: Path) -> None:
    from onecenter.errors import ScenarioError

    job = '{ submit = "0 s", run_time = "1 h", accelerators = 1 }, '
    path = tmp_path / "s.toml"
    path.write_text(TINY + f"[platforms.x.demand.s]\njobs = [{job * 1_500}3]\n", encoding="utf-8")
    with pytest.raises(ScenarioError) as error:
        load(path)
    assert error.value.mistakes == ["platforms.x.demand.s.jobs[1500] = 3: a table is expected"]


@pytest.mark.case("7.9-6")
@pytest.mark.parametrize("wrong", ["lists", "keys"])
def test_plans(tmp_path: Path, capsys: pytest.CaptureFixture[str], wrong: str) -> None:
    texts = {"lists": "[" * 400 + "]" * 400, "keys": "{" + ", ".join(f'"{i}": 1' for i in range(600_000)) + "}"}
    path = tmp_path / "plan.json"
    path.write_text(f'{{"answer": {texts[wrong]}, "tried": []}}', encoding="utf-8")
    right = {"lists": "nested deeper than 32", "keys": "more than 400,000 keys"}
    assert right[wrong] in told(capsys, "report", str(path), "-o", str(tmp_path / "r.html"))


@pytest.mark.case("7.9-7")
@pytest.mark.parametrize(
    ("vary", "right"),
    [
        ("notes=" + "[" * 400 + "]" * 400, "nested deeper than 32"),
        ("policy.order=0x" + "f" * 5_000, "a number of thousands of digits: too long or too deep for a value"),
        (".".join(["a"] * 20_000) + "=1,2", "a path of more than 32 names"),
    ],
)
def test_what_a_sweep_varies(tmp_path: Path, capsys: pytest.CaptureFixture[str], vary: str, right: str) -> None:
    assert right in told(capsys, "sweep", "tiny", "--vary", vary, "--out", str(tmp_path / "out"))
    assert not (tmp_path / "out").exists()


@pytest.mark.case("7.9-8")
def test_a_range_of_no_path(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--design", "sobol", "--points", "2", "--out", str(tmp_path / "out")]
    assert "not a path" in told(capsys, "sweep", "tiny", "--vary", "a..b=1:2", *options)


@pytest.mark.parametrize(
    "head",
    [
        "[" * 400 + "]" * 400,
        "3",
        '{"points": [], "resolved": {}}',
        '{"points": [1], "resolved": {}, "scenario": "tiny", "replications": 1, "versions": [{}], "kernel_hash": ""}',
        '{"points": [{"a": 1}], "resolved": {}, "scenario": 3, "replications": "1", "versions": [], "kernel_hash": 3}',
    ],
)
def test_the_head_of_a_sweep(tmp_path: Path, capsys: pytest.CaptureFixture[str], head: str) -> None:
    import polars as pl

    pl.DataFrame({"run": []}).write_parquet(tmp_path / "_sweep.parquet", metadata={"onecenter.sweep": head})
    command = ["sweep", "tiny", "--vary", "time.seed=1,2", "--out", str(tmp_path), "--resume"]
    assert "damaged, or no sweep" in told(capsys, *command)
