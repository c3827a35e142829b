"""What single lines of Slurm's files become: defaults, includes, continued lines, times, limits and lists of hosts."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from onecenter.errors import OnecenterError
from onecenter.imports.answer import Imported
from onecenter.imports.hostlists import hosts
from onecenter.imports.slurm import from_slurm

Import = Callable[..., Imported]

NODE = "NodeName=n[1-2] Gres=gpu:8\n"
ENFORCED = "limits are enforced, which AccountingStorageEnforce does not say"


@pytest.fixture
def imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Import:
    """Return a function that imports texts: of slurm.conf, and of files by name, of which those with | are given."""
    monkeypatch.chdir(tmp_path)

    def of(text: str, **files: str) -> Imported:
        for name, each in {"slurm": text, **files}.items():
            Path(f"{name}.conf").write_text(each)
        return from_slurm(["slurm.conf", *(f"{name}.conf" for name, each in files.items() if "|" in each)])

    return of


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("n[8-11]", ["n8", "n9", "n10", "n11"]),
        ("n[08-11]", ["n08", "n09", "n10", "n11"]),
        ("n[998-1001]", ["n998", "n999", "n1000", "n1001"]),
        ("n[5]", ["n5"]),
        ("n[3-3,1]x", ["n3x", "n1x"]),
        ("a1,a[2-3]b[01-02],c", ["a1", "a2b01", "a2b02", "a3b01", "a3b02", "c"]),
        ("", []),
    ],
)
def test_a_list_of_hosts(text: str, names: list[str]) -> None:
    assert hosts(text) == names


@pytest.mark.parametrize("text", ["n[]", "n[1-]", "n[-3]", "n[1;2]", "n[1-2]]", "[n1", ",n1", "n[[1]]", "n[0-100000]"])
def test_what_is_no_list_of_hosts(text: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        hosts(text)


def test_later_lines_have_what_the_default_above_them_says(imported: Import) -> None:
    text = """\
NodeName=a Gres=gpu:h100:2
NodeName=DEFAULT CPUs=16 RealMemory=1000 Gres=gpu:a100:4 State=UNKNOWN
NodeName=b[1-3]
NodeName=c CPUs=32
NodeName=DEFAULT Gres="" RealMemory=500
NodeName=d
"""
    assert imported(text).scenario["center"]["nodes"] == {
        "h100": {"count": 1, "accelerators": 2, "cpus": 1, "memory": "0 MiB", "model": "h100"},
        "a100": {"count": 3, "accelerators": 4, "cpus": 16, "memory": "1000 MiB", "model": "a100"},
        "a100-2": {"count": 1, "accelerators": 4, "cpus": 32, "memory": "1000 MiB", "model": "a100"},
        "cpu": {"count": 1, "accelerators": 0, "cpus": 16, "memory": "500 MiB"},
    }


@pytest.mark.parametrize(
    ("gres", "accelerators", "model"),
    [
        ("gpu", 1, None),
        ("gpu:4", 4, None),
        ("gpu:a100", 1, "a100"),
        ("gpu:a100:4(S:0,1),gpu:a100:2(S:2)", 6, "a100"),
        ("gpu:2,shard:8", 2, None),
        ("gpu:tesla:2,gpu:kepler:2", 4, "tesla"),
    ],
)
def test_the_gpus_of_a_node(gres: str, accelerators: int, model: str | None, imported: Import) -> None:
    found = imported(f"NodeName=n Gres={gres}\n")
    (node,) = found.scenario["center"]["nodes"].values()
    assert (node["accelerators"], node.get("model")) == (accelerators, model)
    shards = ['NodeName=n: Gres = "shard:8": only gpu is modelled'] if "shard" in gres else []
    assert [each.what for each in found.not_modelled] == shards


@pytest.mark.parametrize(
    ("given", "cpus"),
    [
        ("CPUs=6 Sockets=2 CoresPerSocket=4", 6),
        ("Boards=2 SocketsPerBoard=2 CoresPerSocket=4 ThreadsPerCore=2", 32),
        ("Sockets=2", 2),
        ("RealMemory=10", 1),
    ],
)
def test_the_cpus_of_a_node(given: str, cpus: int, imported: Import) -> None:
    found = imported(f"NodeName=n {given}\n")
    assert found.scenario["center"]["nodes"]["cpu"]["cpus"] == cpus
    assert found.not_modelled == ()


def test_lines_go_on_and_have_comments_and_files(imported: Import) -> None:
    text = "# NodeName=x\nNodeName=n[1-2] \\\n   Gres=gpu:8 \\\n   Weight=5 # of two\n\nInclude more.conf\n"
    found = imported(
        text + 'ClusterName="a b"\n',
        more="\n\nNodeName=m Feature=x\ninclude   last.conf\n",
        last="TopologyPlugin=tree\n",
    )
    counts = {name: each["count"] for name, each in found.scenario["center"]["nodes"].items()}
    assert counts == {"gpu": 2, "cpu": 1}
    assert [tuple(each) for each in found.not_modelled] == [
        ("last.conf", 1, 'TopologyPlugin = "tree"'),
        ("more.conf", 3, 'NodeName=m: Feature = "x"'),
        ("slurm.conf", 2, 'NodeName=n[1-2]: Weight = "5"'),
    ]


def test_of_two_lines_of_one_setting_the_later_one_holds(imported: Import) -> None:
    found = imported("SchedulerType=sched/backfill\nSchedulerType=sched/builtin\n" + NODE)
    assert found.scenario["policy"]["backfill"] == "none"
    assert [tuple(each) for each in found.not_modelled] == [
        ("slurm.conf", 1, 'SchedulerType = "sched/backfill": a later line says otherwise')
    ]


@pytest.mark.parametrize(
    ("given", "limit"),
    [
        ("90", "90 min"), ("90:30", "5430 s"), ("12:00:00", "12 h"), ("0:0:5", "5 s"), ("2-0", "2 d"), ("1-6", "30 h"),
        ("1-06:30", "1830 min"), ("1-00:00:01", "86401 s"), ("UNLIMITED", None), ("INFINITE", None), ("-1", None),
    ],
)  # fmt: skip
def test_a_time_of_slurm(given: str, limit: str | None, imported: Import) -> None:
    found = imported(f"{NODE}PartitionName=p Nodes=ALL MaxTime={given}\n").scenario["platforms"]["p"]
    assert found.get("limits", {}).get("max_walltime") == limit


@pytest.mark.parametrize(("ours", "theirs", "limit"), [("1:00:00", "30", "30 min"), ("10", "2:00:00", "10 min")])
def test_of_the_times_of_a_partition_and_its_qos_the_shorter_holds(
    ours: str, theirs: str, limit: str, imported: Import
) -> None:
    qos = f"Name|MaxWall\nq|{theirs}\n"
    found = imported(f"{NODE}PartitionName=p Nodes=ALL QOS=q MaxTime={ours}\n", qos=qos)
    assert found.scenario["platforms"]["p"] == {"limits": {"max_walltime": limit}}
    assert ENFORCED in found.assumed


QOS = """\
Name|GrpJobs|GrpTRES|GrpSubmit|MaxTRES|MaxWall|MaxJobsPU|MaxTRESPU|MaxSubmitPU
q|{}|{}|{}|{}|{}|{}|{}|{}
"""


@pytest.mark.parametrize(
    ("place", "given", "level", "limit"),
    [
        (0, "3", "limits", {"max_running_jobs": 3}),
        (1, "gres/gpu=8,gres/gpu:a100=4", "limits", {"max_accelerators": 8}),
        (1, "gres/gpu:a100=4", "limits", {"max_accelerators": 4}),
        (2, "7", "limits", {"max_submitted": 7}),
        (3, "gres/gpu=2", "limits", {"max_per_job": 2}),
        (4, "1-0", "limits", {"max_walltime": "1 d"}),
        (5, "1", "tenant_limits", {"max_running_jobs": 1}),
        (6, "gres/gpu=0", "tenant_limits", {"max_accelerators": 0}),
        (7, "9", "tenant_limits", {"max_submitted": 9}),
    ],
)
def test_each_limit_of_a_qos(place: int, given: str, level: str, limit: dict[str, Any], imported: Import) -> None:
    cells = [given if each == place else "" for each in range(8)]
    text = f"AccountingStorageEnforce=limits\n{NODE}PartitionName=p Nodes=ALL QOS=q\n"
    found = imported(text, qos=QOS.format(*cells))
    assert found.scenario["platforms"] == {"p": {level: limit}}
    assert found.not_modelled == ()
    assert ENFORCED not in found.assumed


def test_users_of_accounts_are_tenants_and_parents_are_listed(imported: Import) -> None:
    table = "Account|User|Share|MaxJobs\nroot|||\na||5|\na|ann|parent|\nb|bob|2|4\n"
    found = imported("PriorityType=priority/multifactor\nPriorityWeightFairshare=1\n" + NODE, accounts=table)
    order = found.scenario["policy"]["order"]
    assert (order["shares"], order["tenant_shares"]) == ({"a": 5, "b": 1}, {"a": [1], "b": [2]})
    assert [tuple(each) for each in found.not_modelled] == [
        ("accounts.conf", 4, 'a|ann|parent: share = "parent": each has shares of its own; 1 is taken'),
        ("accounts.conf", 5, 'b|bob|2: maxjobs = "4"'),
    ]
    with pytest.raises(OnecenterError, match="the account is in a line before; one cluster is expected"):
        imported(NODE, accounts=table + "a||6|\n")


def test_a_partition_has_its_own_nodes_and_what_the_default_says(imported: Import) -> None:
    text = f"{NODE}NodeName=m\nPartitionName=DEFAULT MaxTime=60 Nodes=m\nPartitionName=a\n"
    found = imported(text + "PartitionName=b Nodes=n2,m MaxTime=30 PriorityTier=1\nPartitionName=c Nodes=\n")
    assert found.scenario["platforms"] == {
        "a": {"limits": {"max_walltime": "1 h"}}, "b": {"limits": {"max_walltime": "30 min"}},
        "c": {"limits": {"max_walltime": "1 h"}},
    }  # fmt: skip
    assert {name: each["count"] for name, each in found.scenario["center"]["nodes"].items()} == {
        "gpu": 1, "gpu-2": 1, "cpu": 1,
    }  # fmt: skip
    of = "node_types of the streams that use it"
    assert found.to_add[:3] == (f"partition a: {of}: cpu", f"partition b: {of}: gpu-2, cpu", f"partition c: {of}: none")
