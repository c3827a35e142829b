"""What single values of Kueue's objects become: quantities, cohorts in several levels, and what nobody has read."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

import onecenter as oc
from onecenter.errors import OnecenterError
from onecenter.imports.answer import Imported
from onecenter.imports.kueue import from_kueue
from onecenter.scenario.files import from_dict

Import = Callable[..., Imported]


@pytest.fixture
def imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Import:
    """Return a function that imports texts, each as a file of its own: 0.yaml, 1.yaml and so on."""
    monkeypatch.chdir(tmp_path)

    def of(*texts: str) -> Imported:
        files = [f"{number}.yaml" for number in range(len(texts))]
        for file, text in zip(files, texts, strict=True):
            Path(file).write_text(text)
        return from_kueue(files)

    return of


def holder(kind: str, name: str, spec: str, amounts: Sequence[str] = ()) -> str:
    """Return the text of an object of seven lines with quotas, the first amounts those of flavor f0."""
    flavors = ", ".join(
        f"{{name: f{i}, resources: [{{name: example.com/gpu, {amount}}}]}}" for i, amount in enumerate(amounts)
    )
    groups = f"  resourceGroups: [{{coveredResources: [example.com/gpu], flavors: [{flavors}]}}]\n" if amounts else "\n"
    return (
        f"apiVersion: kueue.x-k8s.io/v1beta2\nkind: {kind}\nmetadata:\n  name: {name}\nspec:\n  {spec}\n{groups}---\n"
    )


QUANTITIES = {
    "3": 3, '"3"': 3, "+3": 3, "2.5": 2.5, ".5": 0.5, "7.": 7, "1e3": 1000, "25E-1": 2.5, "3000m": 3, "1m": 0.001,
    "2500000u": 2.5, "2000000000n": 2, "2k": 2000, "0.001M": 1000, "0.000001G": 1000, "0.000000001T": 1000,
    "0.000000000001P": 1000, "0.000000000000001E": 1000, "1Ki": 1024, "0.5Ki": 512, "0.25Mi": 262_144,
    "0.0009765625Mi": 1024, "0.00000095367431640625Gi": 1024,
}  # fmt: skip


@pytest.mark.parametrize("written", QUANTITIES)
def test_a_quantity_in_each_unit(written: str, imported: Import) -> None:
    found = imported(holder("ClusterQueue", "q", "cohort: c", [f"nominalQuota: {written}"])).scenario
    assert found["platforms"]["q"]["quota"]["nominal"] == {"f0": QUANTITIES[written]}


@pytest.mark.parametrize(
    "written", ["1K", "1mi", "1 Gi", "0x10", "1e3k", "1e", "--1", "1_000", ".", "1e100", "Infinity"]
)
def test_what_is_no_quantity(written: str, imported: Import) -> None:
    with pytest.raises(OnecenterError, match="a quantity such as 8, 500m, 2e3 or 1Ki is expected"):
        imported(holder("ClusterQueue", "q", "cohort: c", [f'nominalQuota: "{written}"']))


def test_cohorts_in_three_levels_lend_down_to_a_run(imported: Import) -> None:
    """Of the 8 at the top the inner cohort takes 3, the queue below none of its own: a job of 4 has no quota."""
    text = holder("Cohort", "top", "{}", ["nominalQuota: 8"]).replace("  {}\n", "")
    text += holder("Cohort", "middle", "parentName: top", ["nominalQuota: 1, borrowingLimit: 2"])
    text += holder("Cohort", "low", "parent: middle")
    text += holder("ClusterQueue", "q", "cohortName: low", ["nominalQuota: 0"])
    scenario = imported(text).scenario
    tree = {name: each.get("parent") for name, each in scenario["center"]["cohorts"].items()}
    assert tree == {"top": None, "middle": "top", "low": "middle"}
    assert scenario["center"]["nodes"] == {"f0": {"count": 1, "accelerators": 9}}
    jobs = [{"accelerators": size, "submit": "0 s", "run_time": "1 h"} for size in (4, 3)]
    scenario["platforms"]["q"]["demand"] = {"all": {"jobs": jobs}}
    assert oc.run(from_dict(scenario)).jobs["outcome"].to_list() == ["refused", "completed"]


def test_objects_of_several_files_are_one_configuration(imported: Import) -> None:
    queue = holder("ClusterQueue", "a", "cohort: c", ["nominalQuota: 2", "nominalQuota: 3"])
    other = "---\n---\n" + holder("ClusterQueue", "b", "cohortName: c", ["nominalQuota: 4"])
    found = imported(queue, other, "", "# nothing\n").scenario
    assert list(found["platforms"]) == ["a", "b"]
    assert {name: each["accelerators"] for name, each in found["center"]["nodes"].items()} == {"f0": 6, "f1": 3}
    assert found["platforms"]["b"]["quota"] == {"nominal": {"f0": 4}, "borrowing_limit": {"f1": 0}}


def test_an_alias_has_the_line_where_it_is_repeated(imported: Import) -> None:
    first = holder("ClusterQueue", "a", "admissionChecksStrategy: &share {weight: 2}\n  admissionScope: *share")
    assert [(each.line, each.what) for each in imported(first).not_modelled] == [
        (6, 'ClusterQueue a: spec.admissionChecksStrategy = { weight = "2" }'),
        (7, 'ClusterQueue a: spec.admissionScope = { weight = "2" }'),
    ]


LISTED = {
    "a selector": ("namespaceSelector: {matchLabels: {a: b}}", 'namespaceSelector = { matchLabels = { a = "b" } }'),
    "a hold": ("stopPolicy: Hold", 'stopPolicy = "Hold"'),
    "checks": ("admissionChecks: [one, two]", 'admissionChecks = ["one", "two"]'),
    "nothing": ("admissionChecks: ~", "admissionChecks = null"),
    "a number as it is": ("concurrency: 3", "concurrency = 3"),
    "half of a preemption": ("preemption: {withinClusterQueue: Never, more: 1}", 'preemption.more = 1'),
    "half of a table": (
        "flavorFungibility: {whenCanBorrow: Borrow, whenCanPreempt: TryNextFlavor}",
        'flavorFungibility.whenCanPreempt = "TryNextFlavor"'),
}  # fmt: skip


@pytest.mark.parametrize("case", LISTED)
def test_a_value_of_a_queue_that_no_run_follows(case: str, imported: Import) -> None:
    line, listed = LISTED[case]
    found = imported("# a comment\n" + holder("ClusterQueue", "q", line, ["nominalQuota: 1"]))
    assert [tuple(each) for each in found.not_modelled] == [("0.yaml", 7, f"ClusterQueue q: spec.{listed}")]


@pytest.mark.parametrize("line", ["namespaceSelector: {}", "stopPolicy: None", "queueingStrategy: BestEffortFIFO"])
def test_a_value_that_changes_nothing_is_not_listed(line: str, imported: Import) -> None:
    assert imported(holder("ClusterQueue", "q", line, ["nominalQuota: 1"])).not_modelled == ()


def test_limits_of_who_has_nobody_above_are_listed(imported: Import) -> None:
    amounts = ["nominalQuota: 4, borrowingLimit: 1, lendingLimit: 2"]
    queue, cohort = (holder(kind, "x", "more: 1", amounts) for kind in ("ClusterQueue", "Cohort"))
    where = "x: spec.resourceGroups[0].flavors[0].resources[0]"
    why = "without a cohort above it nothing is borrowed or lent"
    found = imported(cohort + queue)
    assert [tuple(each)[1:] for each in found.not_modelled] == [
        (6, "Cohort x: spec.more = 1"),
        (7, f"Cohort {where}.borrowingLimit = 1: {why}"),
        (7, f"Cohort {where}.lendingLimit = 2: {why}"),
        (14, "ClusterQueue x: spec.more = 1"),
        (15, f"ClusterQueue {where}.borrowingLimit = 1: {why}"),
        (15, f"ClusterQueue {where}.lendingLimit = 2: {why}"),
    ]
    none = {"f0": 0}
    assert found.scenario["center"]["cohorts"]["x"]["quota"] == {
        "nominal": {"f0": 4}, "borrowing_limit": none, "lending_limit": none,
    }  # fmt: skip


def test_jobs_and_other_objects_are_listed_by_name(imported: Import) -> None:
    texts = [
        "kind: Job\nmetadata: {generateName: sample-}\nspec: {parallelism: 3}\n",
        "kind: AdmissionCheck\nmetadata: {name: check}\n",
        "kind: Topology\n",
        "managedJobs: {x: 1}\n",
        "kind: ResourceFlavor\nmetadata: {name: spare}\nspec: {nodeLabels: {pool: spare}}\n",
        holder("ClusterQueue", "q", "stopPolicy: None", ["nominalQuota: 1"]),
    ]
    found = imported(*texts)
    assert [(each.file, each.what) for each in found.not_modelled] == [
        ("0.yaml", "Job sample-: when it comes and how long it runs is not in the file"),
        ("1.yaml", "AdmissionCheck check"),
        ("2.yaml", "Topology without a name"),
        ("3.yaml", 'the document = { managedJobs = { x = "1" } }'),
        ("4.yaml", 'ResourceFlavor spare: metadata.name = "spare": no queue has accelerators of it'),
        ("4.yaml", 'ResourceFlavor spare: spec = { nodeLabels = { pool = "spare" } }'),
    ]
    assert list(found.scenario["center"]["nodes"]) == ["f0"]
