"""What is wrong in YAML files is said with line, value and remedy; nothing in them is executed."""

from pathlib import Path

import pytest

from onecenter.cli.main import main

QUEUE = """\
kind: ClusterQueue
metadata: {name: q}
spec:
  cohort: c
  queueingStrategy: BestEffortFIFO
  resourceGroups:
  - coveredResources: [example.com/gpu]
    flavors:
    - name: f
      resources:
      - name: example.com/gpu
        nominalQuota: 4
"""
BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n" for before, name in zip("abcdef", "bcdefg", strict=True)
)
DEEP_ALIASES = "x0: &x0 " + "[" * 40 + "]" * 40 + "\n" + "".join(
    f"x{i}: &x{i} " + "[" * 40 + f"*x{i - 1}" + "]" * 40 + "\n" for i in range(1, 60)
)
CYCLE = "".join(
    f"---\nkind: Cohort\nmetadata: {{name: {name}}}\nspec: {{parentName: {above}}}\n"
    for name, above in (("a", "b"), ("b", "a"))
)


def spoilt(line: str) -> str:
    """Return the queue with another amount."""
    return QUEUE.replace("nominalQuota: 4", line)


CASES = {
    "no YAML": ("a: [", "not YAML: line "),
    "a scalar": ("hello", ':1: the document = "hello": objects of Kueue are expected'),
    "a tag": ("!!python/object/apply:os.system ['touch there']", "line 1: tag tag:yaml.org,2002:python/object/apply"),
    "a tag of its own": ("a: !mine 1", "line 1: tag !mine: plain values alone are read; take the tag away"),
    "an alias bomb": (BOMB, "more than 100,000 values, with what aliases repeat; split the file"),
    "deep aliases": (DEEP_ALIASES, "more than 50 levels; flatten it"),
    "deep": ("[" * 100_000, "more than 50 levels; flatten it"),
    "an alias of nothing": ("a: *b", "line 1: alias *b: nothing before it has that name; write the value out"),
    "an alias of itself": ("a: &a [*a]", "line 1: alias *a: nothing before it has that name"),
    "a merge": ("a: &a {b: 1}\nc: {<<: *a}", "line 2: c: keys are expected to be texts; write merged keys out"),
    "a key twice": ("a: 1\na: 2", "line 2: a: stands twice; each key is expected once"),
    "a list as a key": ("? [a]\n: 1", "line 1: the document: keys are expected to be texts"),
    "no name": ("kind: ClusterQueue\nmetadata: {}", "a ClusterQueue without a name; write metadata.name"),
    "two of a name": (f"{QUEUE}---\n{QUEUE}", ":15: "),
    "a negative quota": (spoilt("nominalQuota: -4"), "nominalQuota = -4: must not be negative; 0 is the least"),
    "an unknown unit": (spoilt("nominalQuota: 4GB"), 'nominalQuota = "4GB": a quantity such as 8, 500m, 2e3 or 1Ki'),
    "no quantity": (spoilt("nominalQuota: [4]"), 'nominalQuota = ["4"]: a quantity such as'),
    "too fine": (spoilt("nominalQuota: 1u"), 'nominalQuota = "1u": at most three decimals are expected, such as 1m'),
    "too much": (spoilt("nominalQuota: 1E"), 'nominalQuota = "1E": too large; at most 1,000,000'),
    "far too much": (spoilt("nominalQuota: 1e99"), "too large; at most 1,000,000"),
    "lends what it has not": (
        spoilt("nominalQuota: 4\n        lendingLimit: 5"), ":13: ClusterQueue q: spec.resourceGroups[0].flavors[0]"
        ".resources[0].lendingLimit = 5: at most nominalQuota, 4, is expected"),
    "a strategy": (
        QUEUE.replace("BestEffortFIFO", "StrictFifo"),
        'queueingStrategy = "StrictFifo": did you mean "StrictFIFO"? one of BestEffortFIFO, StrictFIFO is expected'),
    "a circle of cohorts": (CYCLE, 'Cohort a: spec.parentName = "b": the cohort is its own ancestor; a cohort outside'),
    "a priority": (
        "kind: WorkloadPriorityClass\nmetadata: {name: p}\nvalue: high", 'value = "high": a whole number is expected'),
    "many queues": (
        "cohorts: [{className: c, count: 1000, queuesSets: [{className: q, count: 1000}]}]", "at most 1,000 queues"),
    "a load test and more": (f"cohorts: []\n---\n{QUEUE}", ":3: "),
}  # fmt: skip


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Return what is said of a call that is refused."""
    assert main(["scenario", "from-kueue", *arguments]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    return printed.err


@pytest.mark.parametrize("case", CASES)
def test_a_bad_file(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text, right = CASES[case]
    monkeypatch.chdir(tmp_path)
    Path("bad.yaml").write_text(text)
    said = told(capsys, "bad.yaml")
    assert "bad.yaml" in said
    assert right in said
    assert [path.name for path in tmp_path.iterdir()] == ["bad.yaml"]


def test_a_file_that_cannot_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "cannot be read: No such file or directory" in told(capsys, str(tmp_path / "none.yaml"))
    assert "a regular file is expected" in told(capsys, str(tmp_path))
    path = tmp_path / "large.yaml"
    path.write_bytes(b"# " + b"x" * (4 * 2**20))
    assert "larger than 4 MiB; a file with objects of Kubernetes is small" in told(capsys, str(path))
    path.write_bytes(b"a: 1\nb: \xff")
    assert "line 2: not UTF-8; save the file as UTF-8" in told(capsys, str(path))


def test_nodes_of_a_flavor_that_there_is_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "queue.yaml"
    path.write_text(QUEUE)
    assert "--nodes a100: no such flavor; the files have f" in told(capsys, str(path), "--nodes", "a100=1x8")


def test_all_mistakes_are_told_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "queue.yaml"
    path.write_text(spoilt("nominalQuota: -1\n        borrowingLimit: many"))
    said = told(capsys, str(path))
    assert "2 mistakes" in said
    assert f"{path}:12: " in said
    assert f"{path}:13: " in said
