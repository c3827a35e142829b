"""A key of victims of the user's own: solved by hand, as the built-in orders, and as the naive twin."""

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import oracle
import pytest
import victims_of_users as users
from engines import BLOCKS, by_core, check_equal, on_both_strides
from onecenter_kernels import codes
from random_crowds import crowded_scenario
from random_scenarios import RandomScenario
from shared_center import raw_of, solve

import onecenter as oc
from onecenter.cli.main import main
from onecenter.errors import PolicyError, ScenarioError
from onecenter.policies import Policy, policy_of, victim_key_of
from onecenter.scenario import from_dict

FILE = Path(users.__file__)

CENTER = """
center = { nodes = { n = { count = 3, accelerators = 4 } } }
platforms.x.demand.jobs = { checkpoint = { every = "2 min", write = "1 min", restart = "0 s" } }
platforms.y.tier = 1
"""

# On a node each: B began last and would lose two minutes of work at minute 4, the others one; C asks least.
JOBS = """
    A x 0 20 4
    C x 0 20 3
    B x 2 20 4
    D y 4 2 3
"""


def by_hand(victims: Any) -> list[str]:
    """Return who is evicted at minute 4."""
    found = solve(CENTER, JOBS, preemption="tier", victims=victims)
    return [name for t, _, name in found.of("evict") if t == 4]


@pytest.mark.parametrize(
    ("victims", "evicted"),
    [
        ("lowest-tier", "B"),  # the tiers and the nodes are alike, and B has started last
        (users.lowest_tier, "B"),
        (users.smallest, "C"),
        (users.longest_yet, "C"),  # A and C have run for as long, and the higher id goes first
        (users.least_lost, "C"),
        ("least-lost", "C"),
        (lambda job: -job.lost, "B"),
        (lambda job: job.platform, "B"),
    ],
)
def test_who_is_evicted_by_hand(victims: Any, evicted: str) -> None:
    assert by_hand(victims) == [evicted]


def keyed(scenario: RandomScenario, victims: Any) -> RandomScenario:
    """Return a scenario in which another order says who is evicted."""
    return scenario._replace(policy=replace(scenario.policy, victims=victims))


SAME = [
    ("lowest-tier", users.lowest_tier), ("least-lost", users.least_lost), ("least-lost", users.least_lost_of_queue),
    ("least-lost", users.least_lost_not_compiled),
]  # fmt: skip


@pytest.mark.equality
@pytest.mark.parametrize(("name", "function"), SAME)
def test_a_key_is_the_order_of_that_name(name: str, function: Any) -> None:
    evictions = 0
    for seed in range(15):
        scenario = crowded_scenario(seed)
        expected = by_core(keyed(scenario, name))
        check_equal(by_core(keyed(scenario, function)), expected)
        evictions += int((expected["kind"] == codes.E_EVICT).sum())
    check_equal(on_both_strides(keyed(scenario, function)).log, expected)
    assert evictions > 20


@pytest.mark.equality
@pytest.mark.parametrize("function", [users.of_everything, users.of_everything_of_queue])
@pytest.mark.parametrize("part", range(3))
def test_the_twin_evicts_the_same_by_a_key_of_everything(function: Any, part: int) -> None:
    for seed in range(10 * part, 10 * part + 10):
        scenario = keyed(crowded_scenario(seed), function)
        expected = oracle.simulate(*scenario)
        check_equal(by_core(scenario), expected)
    check_equal(on_both_strides(scenario).log, expected)


@pytest.mark.parametrize("block", BLOCKS)
def test_the_twin_evicts_the_same_in_many_scenarios(block: int) -> None:
    kinds: Counter[int] = Counter()
    for seed in range(100, 400) if block == 0 else range(1000 * block, 1000 * block + 1000):
        function = (users.of_everything, users.of_everything_of_queue)[seed % 2]
        scenario = keyed(crowded_scenario(seed), function)
        expected = oracle.simulate(*scenario)
        check_equal(by_core(scenario), expected)
        kinds.update(expected["kind"].tolist())
    assert kinds[codes.E_EVICT] > 1000


# ---- what goes wrong

BAD = [
    (users.nan, "nan, job 0 at 4 min: NaN is no key"),
    (users.text, "text, job 0 at 4 min: a number is expected, not str"),
    (users.divides, "divides, job 0 at 4 min: ZeroDivisionError: "),
    (users.raises, "raises at 4 min: KeyError: 'no'"),
    (users.too_few, "too_few at 4 min: 3 numbers are expected, one per job, not ndarray of shape (2,)"),
    (users.missing, "missing, job 0 at 4 min: AttributeError: 'Victim' object has no attribute 'run_time'"),
]


@pytest.mark.parametrize(("function", "told"), BAD)
def test_a_key_that_gives_no_numbers_is_told(function: Any, told: str) -> None:
    with pytest.raises(PolicyError) as raised:
        by_hand(function)
    assert str(raised.value).startswith(f"policy: {told}")
    assert str(raised.value).endswith("; 1 of 12 accelerators were free, at most 1 on a node")
    # Nobody is evicted by what is no key.
    assert "evict" not in raised.value.log["kind"].to_list()


MISTAKES = [
    ("nowhere.py:key", "a Python file and the name of a function or class in it are expected"),
    (f"{FILE}:nobody", "there is no function or class 'nobody' in the file"),
    (f"{FILE}:number", "there is no function or class 'number' in the file"),
    (f"{FILE}:three", "three(a: Any, b: Any, c: Any): def key(job), key(job, now), key(queue) or key(queue, now) is"),
    ("least", "'least': one of lowest-tier, least-lost is expected"),
]


@pytest.mark.parametrize(("text", "told"), MISTAKES)
def test_a_file_without_the_key_is_told(text: str, told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "changsha", "--victims", text]) == 2
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    "parts", [{}, {"preemption": "kueue", "queue": "by-platform", "order": "priority", "backfill": "none"}]
)
def test_a_key_needs_preemption_by_tier(parts: dict[str, Any]) -> None:
    with pytest.raises(
        PolicyError, match=r"victims = <function smallest at .*>: a key of victims needs preemption tier"
    ):
        Policy(**parts, victims=users.smallest)


def test_an_order_that_preempts_and_a_scheduler_have_no_key_of_victims() -> None:
    policy = Policy(preemption="tier", victims=users.smallest)
    assert [policy_of(name, policy).victims for name in ("las", Other)] == ["lowest-tier"] * 2
    with pytest.raises(PolicyError, match="victims"):
        policy_of("las", Policy(), victims=users.smallest)
    with pytest.raises(PolicyError, match="victims"):
        policy_of(Other, Policy(), victims=users.smallest)


class Other(oc.Scheduler):
    """A scheduler."""

    def schedule(self, view: oc.View) -> None:
        """Start nobody."""


# ---- in commands and results


@pytest.fixture
def scenario(tmp_path: Path) -> str:
    """Return the path of a scenario with preemption by tier."""
    rows = "".join(
        f'    {{ name = "{name}", submit = "{t} min", run_time = "{run} min", accelerators = {n} }},\n'
        for name, t, run, n in (("A", 0, 20, 1), ("B", 0, 20, 1))
    )
    path = tmp_path / "two.toml"
    path.write_text(f"""
[time]
start = "2026-03-02T00:00:00+08:00"
zone = "Asia/Shanghai"
horizon = "1 h"

[center.nodes.n]
count = 1
accelerators = 2

[policy]
preemption = "tier"

[platforms.x.demand.jobs]
jobs = [
{rows}]

[platforms.y]
tier = 1

[platforms.y.demand.jobs]
jobs = [ {{ name = "C", submit = "4 min", run_time = "2 min", accelerators = 1 }} ]
""")
    return str(path)


FIRST = "def first(job):\n    return job.submit - job.platform\n\n\ndef highest(job):\n    return 1.0\n"


@pytest.mark.slow
def test_a_key_goes_with_comparisons_and_sweeps(scenario: str, tmp_path: Path) -> None:
    given = ["--victims", f"{FILE}:smallest", "--workers", "1"]
    asked = ["--vary", "center.nodes.n.count=1,2", "--out", str(tmp_path / "swept")]
    assert main(["compare", scenario, "--policies", "fifo,easy", *given[:2]]) == 0
    assert main(["sweep", scenario, "--policy", "fifo", *given, *asked]) == 0


def test_a_saved_result_names_the_key(scenario: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine, out = tmp_path / "mine.py", tmp_path / "out"
    mine.write_text(FIRST)
    given = ["--victims", f"{mine}:first"]
    assert main(["run", scenario, *given, "--out", str(out)]) == 0
    assert "mine.py:first (" in capsys.readouterr().out
    saved = oc.Result.load(out / "result.parquet")
    assert saved.policy.victims == policy_of(None, saved.policy, victims=f"{mine}:first").victims
    assert saved.summary()["policy"]["victims"]["kind"] == "victims"
    assert saved.log_digest == oc.run(scenario).log_digest
    assert saved.explain(2).outcome == "completed"
    assert main(["run", str(out / "result.parquet")]) == 2
    assert "is code, which no result holds: run the scenario anew with --victims FILE:NAME" in capsys.readouterr().err


def test_a_scenario_runs_no_code() -> None:
    raw = raw_of(CENTER, JOBS)
    raw["policy"]["victims"] = f"{FILE}:smallest"
    with pytest.raises(ScenarioError, match="victims"):
        from_dict(raw)


def test_a_key_of_victims_has_a_name_and_a_hash() -> None:
    one, other = victim_key_of(users.smallest), victim_key_of(users.least_lost)
    assert str(one).startswith("smallest (")
    assert one.sha256 != other.sha256
    assert Policy(preemption="tier", victims=one).text.endswith(f"{one} evicted first")
