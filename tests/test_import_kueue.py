"""Kueue's objects as scenarios: quotas, cohorts and queues as they are there, and a list of what is left out."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import onecenter as oc
from onecenter.cli.main import main
from onecenter.errors import OnecenterError
from onecenter.imports.answer import Imported
from onecenter.imports.kueue import from_kueue
from onecenter.scenario.files import from_dict

#: A flavor `a100` of 9 and 12 accelerators in one cohort (the example of Kueue's page on ClusterQueues).
QUEUES = """\
apiVersion: kueue.x-k8s.io/v1beta2
kind: ClusterQueue
metadata:
  name: team-a
spec:
  namespaceSelector: {}
  cohortName: teams
  queueingStrategy: StrictFIFO
  preemption:
    reclaimWithinCohort: Any
  resourceGroups:
  - coveredResources: [cpu, nvidia.com/gpu]
    flavors:
    - name: a100
      resources:
      - {name: cpu, nominalQuota: 64}
      - {name: nvidia.com/gpu, nominalQuota: 9, borrowingLimit: 1}
---
apiVersion: kueue.x-k8s.io/v1beta1
kind: ClusterQueue
metadata: {name: team-b}
spec:
  cohort: teams
  resourceGroups:
  - coveredResources: [nvidia.com/gpu]
    flavors:
    - name: a100
      resources: [{name: nvidia.com/gpu, nominalQuota: "12", lendingLimit: 5}]
    - name: spot
      resources: [{name: nvidia.com/gpu, nominalQuota: 500m}]
"""


@pytest.fixture
def imported(tmp_path: Path) -> Callable[..., Imported]:
    """Return a function that imports a text."""

    def of(text: str, **more: Any) -> Imported:
        path = tmp_path / "queues.yaml"
        path.write_text(text)
        return from_kueue([str(path)], **more)

    return of


def queue(name: str, spec: str) -> str:
    """Return the text of a ClusterQueue."""
    return f"kind: ClusterQueue\nmetadata: {{name: {name}}}\nspec: {{{spec}}}\n"


def quota(amounts: str, flavor: str = "f", resource: str = "example.com/gpu") -> str:
    """Return the part of a spec with a quota of one flavor."""
    flavors = f"[{{name: {flavor}, resources: [{{name: {resource}, {amounts}}}]}}]"
    return f"resourceGroups: [{{coveredResources: [{resource}], flavors: {flavors}}}]"


def test_queues_become_platforms_with_their_quotas(imported: Callable[..., Imported]) -> None:
    found = imported(QUEUES).scenario
    assert found["platforms"] == {
        "team-a": {
            "cohort": "teams",
            "queueing": "strict",
            "preemption": {"reclaim": "any"},
            "quota": {"nominal": {"a100": 9}, "borrowing_limit": {"a100": 1, "spot": 0}},
        },
        "team-b": {"cohort": "teams", "quota": {"nominal": {"a100": 12, "spot": 0.5}, "lending_limit": {"a100": 5}}},
    }
    alone = {"a100": 0, "spot": 0}
    assert found["center"]["cohorts"] == {"teams": {"quota": {"borrowing_limit": alone, "lending_limit": alone}}}
    assert found["policy"] == {
        "order": "priority", "backfill": "none", "queue": "by-platform", "preemption": "kueue",
    }  # fmt: skip
    assert found["center"]["nodes"] == {
        "a100": {"count": 1, "accelerators": 21}, "spot": {"count": 1, "accelerators": 1},
    }  # fmt: skip


def test_what_is_not_modelled_is_listed_with_its_line(imported: Callable[..., Imported]) -> None:
    listed = [(each.line, each.what) for each in imported(QUEUES).not_modelled]
    cpus = 'spec.resourceGroups[0].flavors[0].resources[0] = { name = "cpu", nominalQuota = "64" }'
    assert listed == [
        (16, f"ClusterQueue team-a: {cpus}"),
    ]


@pytest.mark.parametrize(("asked", "status"), [(10, "started"), (11, "refused")])
def test_a_run_follows_the_limits(asked: int, status: str, imported: Callable[..., Imported]) -> None:
    """With 9 of its own and a borrowing limit of 1, team-a reaches 10."""
    found = imported(QUEUES).scenario
    jobs = [{"accelerators": asked, "submit": "0 s", "run_time": "1 h"}]
    found["platforms"]["team-a"]["demand"] = {"all": {"jobs": jobs}}
    center = oc.run(from_dict(found)).summary()["center"]
    assert center[status] == 1


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("{}", None),
        ("{withinClusterQueue: Never, reclaimWithinCohort: Never}", None),
        ("{withinClusterQueue: LowerPriority}", {"within": "lower-priority"}),
        ("{withinClusterQueue: LowerOrNewerEqualPriority}", {"within": "lower-or-newer-equal-priority"}),
        (
            "{reclaimWithinCohort: LowerPriority, "
            "borrowWithinCohort: {policy: LowerPriority, maxPriorityThreshold: 7}}",
            {"reclaim": "lower-priority", "borrow_within_cohort": "lower-priority", "max_priority_threshold": 7},
        ),
    ],
)
def test_a_preemption_in_the_words_of_a_scenario(
    said: str, written: dict[str, Any] | None, imported: Callable[..., Imported]
) -> None:
    found = imported(queue("q", f"preemption: {said}, cohort: c, " + quota("nominalQuota: 1"))).scenario
    assert found["platforms"]["q"].get("preemption") == written
    assert found["policy"].get("preemption") == (None if written is None else "kueue")


@pytest.mark.parametrize(
    ("said", "right"),
    [
        ("{withinClusterQueue: Any}", "one of Never, LowerPriority, LowerOrNewerEqualPriority is expected"),
        ("{borrowWithinCohort: {policy: LowerPriority}}", "it needs reclaimWithinCohort LowerPriority or Any"),
    ],
)
def test_a_mistake_in_a_preemption(said: str, right: str, imported: Callable[..., Imported]) -> None:
    with pytest.raises(OnecenterError, match=right):
        imported(queue("q", f"preemption: {said}, " + quota("nominalQuota: 1")))


def test_weights_count_where_fair_sharing_is_switched_on(imported: Callable[..., Imported]) -> None:
    text = queue("q", "fairSharing: {weight: 500m}, cohort: c, " + quota("nominalQuota: 1"))
    text += "---\nkind: Cohort\nmetadata: {name: c}\nspec: {fairSharing: {weight: 2}}\n"
    found = imported(text)
    assert found.scenario["platforms"]["q"]["weight"] == 0.5
    assert found.scenario["center"]["cohorts"]["c"]["weight"] == 2
    assert "policy.fair_sharing = true" in " ".join(found.to_add)
    assert found.not_modelled == ()


def test_a_queue_without_a_cohort_borrows_and_lends_nothing(imported: Callable[..., Imported]) -> None:
    answer = imported(queue("q", quota("nominalQuota: 4")))
    assert answer.scenario["platforms"]["q"] == {
        "quota": {"nominal": {"f": 4}, "borrowing_limit": {"f": 0}, "lending_limit": {"f": 0}}
    }
    assert "cohorts" not in answer.scenario["center"]


def test_cohorts_nest_and_trees_are_apart(imported: Callable[..., Imported]) -> None:
    cohort = "kind: Cohort\nmetadata: {name: inner}\nspec: {parentName: outer, "
    text = cohort + quota("nominalQuota: 2, borrowingLimit: 3, lendingLimit: 7") + "}\n---\n"
    text += queue("q", "cohort: inner, " + quota("nominalQuota: 4"))
    found = imported(text).scenario["center"]
    assert found["cohorts"] == {
        "inner": {
            "parent": "outer",
            "quota": {"nominal": {"f": 2}, "borrowing_limit": {"f": 3}, "lending_limit": {"f": 7}},
        },
        "outer": {"quota": {"borrowing_limit": {"f": 0}, "lending_limit": {"f": 0}}},
    }
    assert found["nodes"]["f"]["accelerators"] == 6


def test_where_nothing_has_a_quota_it_is_said(imported: Callable[..., Imported]) -> None:
    said = "nothing has a quota: nobody is asked for one, where Kueue would admit nothing"
    assert said in imported(queue("q", "cohort: c")).assumed
    shared = "---\nkind: Cohort\nmetadata: {name: c}\nspec: {parentName: d, " + quota("nominalQuota: 1") + "}\n"
    other = "---\nkind: Cohort\nmetadata: {name: e}\nspec: {parentName: d}\n"
    found = imported(queue("q", "cohort: c") + shared + other)
    assert said not in found.assumed
    assert found.scenario["center"]["cohorts"]["e"] == {"parent": "d"}


def test_nodes_are_given_and_otherwise_the_sum_of_quotas(imported: Callable[..., Imported]) -> None:
    text = queue("q", quota("nominalQuota: 2k"))
    assert imported(text).scenario["center"]["nodes"] == {"f": {"count": 2, "accelerators": 1000}}
    given = imported(text, nodes={"f": (250, 8)})
    assert given.scenario["center"]["nodes"] == {"f": {"count": 250, "accelerators": 8}}
    assert given.assumed == ()


def test_cpus_count_where_nothing_is_a_device_and_any_resource_on_request(imported: Callable[..., Imported]) -> None:
    cpus = imported(queue("q", quota("nominalQuota: 3", resource="cpu")))
    assert cpus.scenario["platforms"]["q"]["quota"]["nominal"] == {"f": 3}
    assert cpus.assumed[0] == "no quota is of a device: cpus are counted as accelerators"
    text = queue("q", quota("nominalQuota: 3", resource="example.com/license"))
    assert imported(text).scenario["platforms"]["q"]["quota"].get("nominal") is None
    given = imported(text, resource="example.com/license")
    assert given.scenario["platforms"]["q"]["quota"]["nominal"] == {"f": 3}


@pytest.mark.parametrize(
    ("ways", "flavors", "listed"),
    [
        (("TryNextFlavor", "TryNextFlavor"), "next-before-borrowing", 0),
        (("Borrow", "MayStopSearch"), None, 0),
        (("TryNextFlavor", "MayStopSearch"), None, 2),
    ],
)
def test_the_order_of_flavors_is_one_for_all(
    ways: tuple[str, str], flavors: str | None, listed: int, imported: Callable[..., Imported]
) -> None:
    spec = [f"flavorFungibility: {{whenCanBorrow: {way}}}, " + quota("nominalQuota: 1") for way in ways]
    found = imported("---\n".join(queue(f"q{i}", each) for i, each in enumerate(spec)))
    assert found.scenario["policy"].get("flavors") == flavors
    assert len(found.not_modelled) == listed


def test_local_queues_and_priorities_are_to_be_added(imported: Callable[..., Imported]) -> None:
    text = "kind: LocalQueue\nmetadata: {name: lq, namespace: n}\nspec: {clusterQueue: q.1}\n---\n"
    text += "kind: WorkloadPriorityClass\nmetadata: {name: high}\nvalue: 1000\ndescription: urgent\n---\n"
    found = imported(text + queue("q.1", quota("nominalQuota: 1")))
    assert list(found.scenario["platforms"]) == ["q-1"]
    assert found.assumed[0] == "ClusterQueue q.1 is called q-1"
    assert found.to_add[:2] == (
        "LocalQueue lq: a tenant of the platform q-1",
        "WorkloadPriorityClass high: priority = 1000 of a stream",
    )
    assert found.not_modelled == ()


def test_an_object_of_the_server_says_no_more(imported: Callable[..., Imported]) -> None:
    """What `kubectl get -o yaml` adds configures nothing; labels may, so they are listed."""
    text = queue("q", quota("nominalQuota: 1")).replace("{name: q}", "{name: q, uid: x, labels: {a: b}}")
    listed = "kind: List\nitems:\n- " + (text + "status: {pendingWorkloads: 3}\n").replace("\n", "\n  ")
    what = [each.what for each in imported(listed).not_modelled]
    assert what == ['ClusterQueue q: items[0].metadata.labels = { a = "b" }']


LOAD_TEST = """\
cohorts:
- className: cohort
  count: 2
  queuesSets:
  - className: cq
    count: 3
    nominalQuota: 20
    borrowingLimit: 100
    workloadsSets:
    - count: 4
      creationIntervalMs: 100
      workloads:
      - {className: small, runtimeMs: 200, priority: 50, request: 1250m, podCount: 4}
"""


def test_a_load_test_has_its_jobs(imported: Callable[..., Imported]) -> None:
    found = imported(LOAD_TEST).scenario
    assert list(found["platforms"]) == [f"cohort-{i}-cq-{j}" for i in range(2) for j in range(3)]
    assert found["center"]["nodes"]["default"] == {"count": 1, "accelerators": 120}
    assert found["time"]["horizon"] == "400 ms"
    stream = found["platforms"]["cohort-1-cq-2"]["demand"]["small"]
    assert stream["priority"] == 50
    job = {"run_time": "200 ms", "accelerators": 1, "tasks": 5, "spread": "any"}
    assert stream["jobs"] == [{"submit": f"{100 * i} ms" if i else "0 s"} | job for i in range(4)]
    assert oc.run(from_dict(found)).summary()["center"]["started"] == 24


def test_every_file_of_the_project_is_a_scenario(
    traces: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = sorted((traces / "kueue").glob("*.yaml"))
    assert len(files) > 20
    for path in files:
        target = str(tmp_path / "scenario.toml")
        assert main(["scenario", "from-kueue", str(path), "--to", target, "--json"]) == 0
        answer = json.loads(capsys.readouterr().out)
        whole = path.name == "perf-baseline-generator.yaml"
        assert (len(answer["not_modelled"]) + len(answer["to_add"]) == 0) == whole, path
        assert main(["validate", target]) == 0, path
        capsys.readouterr()


def test_the_scenario_is_printed_and_the_lists_go_beside_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "queues.yaml"
    path.write_text(QUEUES)
    assert main(["scenario", "from-kueue", "--nodes", "a100=3x8", str(path)]) == 0
    printed = capsys.readouterr()
    (tmp_path / "scenario.toml").write_text(printed.out)
    assert oc.load(tmp_path / "scenario.toml").center.nodes["a100"].count == 3
    assert f"not modelled: {path}:16: ClusterQueue team-a: spec.resourceGroups" in printed.err
    assert "to be added: demand" in printed.err
