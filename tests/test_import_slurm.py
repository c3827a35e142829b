"""Slurm's files as scenarios: nodes, partitions, limits, priorities and shares, and a list of what is left out."""

import json
from pathlib import Path
from typing import Any

import pytest

from onecenter.cli.main import main
from onecenter.imports.answer import Imported
from onecenter.imports.hostlists import hosts
from onecenter.imports.slurm import from_slurm

FILES = {
    "slurm.conf": """\
# one center
ClusterName=center
SchedulerType=sched/backfill
SchedulerParameters=bf_max_job_test=200,default_queue_depth=50,\\
bf_window=2880
PriorityType=priority/multifactor
PriorityWeightAge=1000
PriorityWeightFairshare=10000   # most of it
PriorityWeightTRES=cpu=100,gres/gpu=2000,license/x=5
PriorityDecayHalfLife=14-0
PriorityMaxAge=7-0
PriorityFavorSmall=YES
SelectType=select/cons_tres
Include nodes.conf
""",
    "nodes.conf": """\
NodeName=DEFAULT CPUs=128 RealMemory=1031000 State=UNKNOWN
NodeName=gpu[001-040,050] Gres=gpu:a100:8
NodeName=v[1-4] Gres=gpu:4(S:0-1) Sockets=2 CoresPerSocket=16 ThreadsPerCore=2
NodeName=login Gres=
PartitionName=DEFAULT State=UP
PartitionName=train Nodes=gpu[001-040,050] MaxTime=2-00:00:00 PriorityTier=10
PartitionName=class Nodes=v[1-4] MaxTime=120 QOS=class
""",
    "gres.conf": "NodeName=v[1-4] Name=gpu Type=v100 File=/dev/nvidia[0-3]\n",
    "qos.txt": """\
Name|Priority|GraceTime|Preempt|PreemptMode|UsageFactor|GrpTRES|GrpJobs|GrpSubmit|MaxTRES|MaxWall|MaxTRESPU|MaxJobsPU|MaxSubmitPU
normal|0|00:00:00||cluster|1.000000||||||||
class|0|00:00:00|normal|cluster|1.000000|cpu=64,gres/gpu=12|20|200|gres/gpu=2|01:00:00|gres/gpu=1|2|4
""",
    "assoc.txt": """\
Cluster|Account|User|Partition|Share|GrpJobs|GrpTRES|MaxJobs|MaxSubmit|MaxWall|Def QOS
center|root|||1||||||
center|vision|||60|10|gres/gpu=64|3|||class
center|vision|ann||3||||||
center|vision|bob||1|||1|||
center|speech|||40||||||normal
""",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder with all files, which is the working folder."""
    monkeypatch.chdir(tmp_path)
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.fixture
def found(folder: Path) -> Imported:
    """Return what is made of all files but the associations."""
    return from_slurm(["slurm.conf", "gres.conf", "qos.txt"])


def test_nodes_that_are_alike_are_of_one_type(found: Imported) -> None:
    memory = "1031000 MiB"
    assert found.scenario["center"]["nodes"] == {
        "a100": {"count": 41, "accelerators": 8, "cpus": 128, "memory": memory, "model": "a100"},
        "v100": {"count": 4, "accelerators": 4, "cpus": 64, "memory": memory, "model": "v100"},
        "cpu": {"count": 1, "accelerators": 0, "cpus": 128, "memory": memory},
    }
    assert found.to_add[:2] == (
        "partition train: node_types of the streams that use it: a100",
        "partition class: node_types of the streams that use it: v100",
    )


def test_partitions_have_the_limits_of_their_qos(found: Imported) -> None:
    assert found.scenario["platforms"] == {
        "train": {"limits": {"max_walltime": "2 d"}},
        "class": {
            "limits": {
                "max_running_jobs": 20, "max_accelerators": 12, "max_submitted": 200, "max_per_job": 2,
                "max_walltime": "1 h",
            },
            "tenant_limits": {"max_running_jobs": 2, "max_accelerators": 1, "max_submitted": 4},
        },
    }  # fmt: skip


def test_parameters_become_the_policy(found: Imported) -> None:
    assert found.scenario["policy"] == {
        "backfill": "conservative", "depth": 50, "backfill_depth": 200, "max_age": "7 d",
        "order": {
            "kind": "multifactor", "age": 1000, "fairshare": 10000, "size": 0, "cpus": 100, "accelerators": 2000,
            "fair_share": "tree", "half_life": "14 d", "favor_small": True,
        },
    }  # fmt: skip


def test_accounts_go_before_partitions_with_shares_and_limits(folder: Path) -> None:
    scenario = from_slurm(["slurm.conf", "qos.txt", "assoc.txt"]).scenario
    vision = scenario["platforms"]["vision"]
    assert scenario["platforms"]["speech"] == {}
    # Those of a group hold on both levels, so the lower one does; of the others that of the QOS.
    assert vision["limits"]["max_running_jobs"] == 10
    assert vision["limits"]["max_accelerators"] == 12
    assert vision["limits"]["max_walltime"] == "1 h"
    assert vision["tenant_limits"] == {"max_running_jobs": 2, "max_accelerators": 1, "max_submitted": 4}
    assert scenario["policy"]["order"]["shares"] == {"vision": 60, "speech": 40}
    assert scenario["policy"]["order"]["tenant_shares"] == {"vision": [3, 1]}


def test_what_is_not_modelled_is_listed_with_its_line(found: Imported) -> None:
    without = "without PreemptType=preempt/partition_prio no partition goes before all others"
    assert [tuple(each) for each in found.not_modelled] == [
        ("gres.conf", 1, 'NodeName=v[1-4]: File = "/dev/nvidia[0-3]"'),
        ("nodes.conf", 6, f'PartitionName=train: PriorityTier = "10": {without}'),
        ("qos.txt", 3, 'class|0|00:00:00: grptres = "cpu=64": only gres/gpu is limited'),
        ("qos.txt", 3, 'class|0|00:00:00: preempt = "normal"'),
        ("slurm.conf", 4, 'SchedulerParameters = "bf_window=2880"'),
        ("slurm.conf", 9, 'PriorityWeightTRES = "license/x=5"'),
        ("slurm.conf", 13, 'SelectType = "select/cons_tres"'),
    ]


@pytest.mark.parametrize(
    ("line", "policy"),
    [
        ("SchedulerType=sched/builtin", {"backfill": "none"}),
        ("SchedulerParameters=bf_job_part_count_reserve=3", {"backfill": "easy", "reservations": 3}),
        ("PriorityType=priority/basic\nPriorityWeightAge=5", {"backfill": "conservative"}),
        ("SchedulerType=sched/backfill", {"backfill": "conservative"}),
    ],
)
def test_the_backfill(line: str, policy: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "slurm.conf"
    path.write_text(f"{line}\nNodeName=n Gres=gpu:8\n")
    assert from_slurm([str(path)]).scenario["policy"] == policy


def test_partitions_of_a_higher_tier_evict(tmp_path: Path) -> None:
    path = tmp_path / "slurm.conf"
    path.write_text(
        "PreemptType=preempt/partition_prio\nPreemptMode=CANCEL\nPreemptExemptTime=00:30:00\n"
        "NodeName=n[1-4] Gres=gpu:8\nPartitionName=low Nodes=ALL GraceTime=120\n"
        "PartitionName=high Nodes=ALL PriorityTier=10\n"
    )
    found = from_slurm([str(path)])
    assert found.scenario["platforms"] == {"low": {"tier": 1}, "high": {"tier": 10}}
    policy = {"backfill": "easy", "reservations": 1, "preemption": "tier", "preempt_after": "30 min"}
    assert found.scenario["policy"] == policy
    assert found.not_modelled == ()
    assert found.assumed[-1] == "backfill is easy with one reservation: under another one nobody is evicted"
    assert found.to_add[:2] == (
        "PreemptMode CANCEL: requeue = 0 of all streams",
        'partition low: grace = "120 s" of the streams that use it',
    )


def test_what_is_written_is_a_scenario(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for files in (["slurm.conf"], ["slurm.conf", "gres.conf", "qos.txt", "assoc.txt"]):
        assert main(["scenario", "from-slurm", "--to", "ours.toml", "--json", *files]) == 0
        assert json.loads(capsys.readouterr().out)["not_modelled"]
        assert main(["validate", "ours.toml"]) == 0
        assert capsys.readouterr().out == "ours.toml: ok\n"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("gpu[001-003,050]", ["gpu001", "gpu002", "gpu003", "gpu050"]),
        ("a,b[1-2],c", ["a", "b1", "b2", "c"]),
        ("r[1-2]n[8-9]", ["r1n8", "r1n9", "r2n8", "r2n9"]),
        ("n[1-2]-ib", ["n1-ib", "n2-ib"]),
    ],
)
def test_lists_of_hosts(text: str, names: list[str]) -> None:
    assert hosts(text) == names


NODE = "NodeName=n[1-2] Gres=gpu:8\n"

BAD = {
    "no line of Slurm": ("hello\n", "line 1: 'hello': Key=Value is expected, or Include and a file"),
    "no nodes": ("ClusterName=x\n", "no NodeName is in the files; slurm.conf is expected"),
    "a range that falls": ("NodeName=n[9-1]\n", 'NodeName = "n[9-1]": a rising range of at most 100,000 hosts'),
    "an open bracket": ("NodeName=n[1-2\n", "a list of hosts such as gpu[001-040,050] is expected"),
    "too many hosts": ("NodeName=n[1-1000]m[1-1000]\n", "at most 100,000 hosts are expected"),
    "letters in a range": ("NodeName=n[a-c]\n", "ranges of numbers in brackets are expected"),
    "a node twice": (NODE + NODE, 'NodeName = "n[1-2]": the node n1 is in a line before'),
    "gpus": ("NodeName=n Gres=gpu:a100:many\n", 'Gres = "gpu:a100:many": gpu:TYPE:COUNT is expected'),
    "cpus": ("NodeName=n CPUs=-4\n", 'CPUs = "-4": a whole number from 1 to'),
    "an unknown node": (NODE + "PartitionName=p Nodes=m1\n", "no NodeName has m1; "),
    "a time": (NODE + "PartitionName=p Nodes=ALL MaxTime=soon\n", 'MaxTime = "soon": a time such as 90, 12:00:00'),
    "a type": (NODE + "SchedulerType=sched/backfil\n", 'did you mean "sched/backfill"?'),
    "a depth": (NODE + "SchedulerParameters=bf_max_job_test=all\n", "bf_max_job_test= and a whole number is expected"),
    "a weight": (NODE + "PriorityWeightAge=-1\n", 'PriorityWeightAge = "-1": a whole number from 0 to'),
    "itself": ("Include bad.conf\n", "line 1: Include bad.conf: the files include each other; take one"),
    "no such file": ("Include none.conf\n", "none.conf: cannot be read: No such file or directory"),
    "columns": ("Name|GrpJobs\na|1|2\n", "line 2: 3 columns: 2 columns are expected, as in the first line"),
    "a limit": ("Account|User|Share|GrpJobs\na||1|few\n", 'grpjobs = "few": a whole number is expected'),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text, right = BAD[case]
    monkeypatch.chdir(tmp_path)
    Path("bad.conf").write_text(text)
    assert main(["scenario", "from-slurm", "bad.conf"]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert right in printed.err
