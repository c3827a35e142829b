"""What each command understands: its options, each declared once."""

import argparse
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from onecenter_kernels.schema import BACKFILLS, ORDERS

from onecenter import checks
from onecenter.checks import LOAD, OBJECTIVES, SAMPLE, TRIALS, WINDOWS, OneOf
from onecenter.cli import values
from onecenter.cli.values import FILE, FOLDER, SCENARIO, Kind, amount, assignment, count, duration, text
from onecenter.policies import PACKED, Given
from onecenter.units import MS


class Option(NamedTuple):
    """The names of an option, and the arguments that argparse takes for it."""

    names: tuple[str, ...]
    given: dict[str, Any]


class Command(NamedTuple):
    """A command: what `--help` says of it, its module below `onecenter.cli`, and its options.

    Options in a tuple exclude each other. A command may have commands of its own in place of options.
    """

    about: str
    module: str
    options: Sequence[Option | Sequence[Option]] = ()
    commands: "Mapping[str, Command] | None" = None


def _option(name: str, type: Kind | None, metavar: str | None, help: str, **more: Any) -> Option:
    given = {"type": type, "metavar": metavar, "help": help}
    return Option(tuple(name.split()), {key: value for key, value in given.items() if value is not None} | more)


def _listed(name: str, type: Kind, metavar: str, help: str, **more: Any) -> Option:
    """Return an option that may be given several times."""
    default: dict[str, Any] = {} if "required" in more else {"default": []}
    return _option(name, type, metavar, help, action="append", **default, **more)


def _flag(name: str, help: str) -> Option:
    return Option((name,), {"action": "store_true", "help": help})


def _choice(name: str, choices: tuple[str, ...], help: str) -> Option:
    """Return an option whose first choice is the default."""
    return Option((name,), {"choices": choices, "default": choices[0], "help": help})


def _part(name: str, choices: tuple[str, ...]) -> Option:
    return _option(name, Kind("name", OneOf(choices)), None, f"{', '.join(choices[:-1])} or {choices[-1]}")


def _fail_if(example: str) -> Option:
    return _listed("--fail-if", values.CONDITION, "CONDITION", f"exit with 1 where it holds: '{example}'")


def _replications(check: checks.Whole, about: str) -> tuple[Option, Option]:
    workers = "with --replications: processes; default: one per processor; 1: this process"
    return (
        _option("--replications", count(check), "N", about),
        _option("--workers", count(checks.WORKERS), "N", workers),
    )


_CHANGE: Final = "center.nodes.910b.count=64"
_TARGET: Final = "platforms.talent.wait.p95='15 min'"
_SCENARIO: Final = _option("scenario", SCENARIO, None, "a shipped scenario, a TOML file, a saved result, or - (stdin)")
_SEED: Final = _option("--seed", count(checks.SEED), "N", "instead of the scenario's seed")
_SET: Final = _listed("--set", assignment(_CHANGE), "PATH=VALUE", f"change a value: {_CHANGE}")
_JSON: Final = _flag("--json", "print one JSON object")
_POLICY: Final = _option("--policy", values.POLICY, "NAME", "instead of the scenario's: a name, or FILE:NAME, code of "
                         "your own")
_MARKDOWN: Final = _flag("--markdown", "print the tables as Markdown")
_PLACEMENT: Final = _option("--placement", values.PLACEMENT, "NAME", "which nodes a job gets: a name, or FILE:NAME, a "
                            "score of your own")
_BACKFILL_ORDER: Final = _option("--backfill-order", values.BACKFILL_ORDER, "NAME", "under easy: in which order those "
                                 "behind are tried: a name, column:NAME, or FILE:NAME, a key of your own")
_ESTIMATE: Final = _option("--estimate", values.ESTIMATE, "NAME", "what order and backfill take for run times: "
                           "walltime, 'run time', 'recent average', or FILE:NAME, a function of your own")
_VICTIMS: Final = _option("--victims", values.VICTIM_ORDER, "NAME", "under preemption by tier: who is evicted first: "
                          "lowest-tier, least-lost, or FILE:NAME, a key of your own")
_PARTS: Final = (_PLACEMENT, _BACKFILL_ORDER, _ESTIMATE, _VICTIMS)
_WORKERS: Final = _option("--workers", count(checks.WORKERS), "N", "processes; default: one per processor")
_OUTPUTS: Final = (
    _choice("--stride", ("calendar", "event"), "the decision log is the same on both"),
    _option("--out", FOLDER, "FOLDER", "write result.parquet and the plots there"),
    _JSON,
    _fail_if("platforms.talent.wait_s.p95 > 3 min"),
)

# fmt: off
_RUN: Final = (
    _SCENARIO, _SEED, _SET,
    _POLICY, *_PARTS,
    *_replications(
        checks.REPLICATIONS, "is the fleet enough: targets and waits over N replications, with intervals"),
    _option("--demand", amount(checks.DEMAND), "X", "with --replications: scale every stream"),
    *_OUTPUTS,
)
_ON: Final = (
    (
        _option("--processors", count(checks.PROCESSORS), "N",
                "one flat pool of N accelerators; default: the log's MaxProcs"),
        _option("--nodes", values.SHAPE, "NxA", "N nodes of A accelerators each, such as 128x8"),
        _option("--center", SCENARIO, "SCENARIO", "the center (and policy) of a scenario"),
    ),
    _option("--format", text("the name of a format"), None,
            "the log's format where its name and first line do not tell it"),
    _option("--warmup", duration(0), "TIME", 'where the figures begin, such as "7 d" from the first submit',
            default="0 s"),
    _option("--horizon", duration(0), "TIME", 'where they end, such as "28 d" from the first submit'),
    _option("--skip-first", values.share(checks.PART), "N%", "leave the first N %% of the jobs out of them",
            default="0%"),
)
_REPLAY: Final = (
    _option("trace", FILE, None, "the log, plain or .gz, or - (stdin)"),
    *_ON,
    _option("--policy", values.POLICY, "NAME", "a named policy, or FILE:NAME, code of your own"),
    _option("--order", values.ORDER, None, f"{', '.join(ORDERS)}, or column:NAME, numbers of the log"),
    _part("--backfill", BACKFILLS), *_PARTS,
    _flag("--preceding", "hold each job for the preceding job and think time that an SWF log gives it"),
    *_OUTPUTS,
)
_COMPARE: Final = (
    _option("scenario", SCENARIO, None,
            "a shipped scenario, a TOML file, a saved result, - (stdin), or a log: .swf or .csv, plain or .gz"),
    _option("--policies", values.names(values.policies), "A,B,...", "named policies",
            default="fifo,easy,easy-sjbf,conservative"),
    *_PARTS,
    *_replications(checks.PAIRED, "over N paired replications: intervals, what is beyond chance"),
    _option("--windows", count(WINDOWS), "N", "of a log: pair by N windows of equal length (10)"),
    _option("--fair-starts", count(SAMPLE), "N",
            "of N sampled jobs: would they have started earlier without later submits"),
    _option("--load", values.amounts(LOAD), "X,Y,...", "of a log: scale arrivals, such as 0.9,1.0,1.1"),
    *_ON,
    _SEED, _SET, (_JSON, _MARKDOWN),
    _fail_if("policies.easy.platforms.talent.wait_s.p95 > 3 min"),
)
_PLAN: Final = (
    _SCENARIO,
    _listed("--vary", text("PATH=LOW:HIGH"), "PATH=LOW:HIGH",
            "a node count and its range: center.nodes.910b.count=16:128; more than one: a mix; or a platform's quota "
            "for the fleet as it is: platforms.X.quota.nominal.910b=LOW:HIGH:STEP, in accelerators or percent",
            required=True),
    _listed("--target", assignment(_TARGET), "PATH=LIMIT", _TARGET),
    _POLICY, *_PARTS,
    _SEED, _SET,
    _option("--demand", amount(checks.DEMAND), "X", "scale every stream: 1.4 is 40 %% more", default=1.0),
    _option("--criterion", values.setting("periods", checks.INNER_SHARE, "periods=0.95"), "periods=SHARE",
            "plan on that share of four-week periods meeting the targets"),
    _option("--horizon", duration(MS["y"] // 12), "TIME",
            'with growth: which target fails when, and what to buy when, such as "3 y"'),
    _option("--budget", amount(checks.MONEY), "MONEY", "a year, in the scenario's currency"),
    _option("--power-cap", values.POWER_OF_SITE, "POWER", 'of the whole site at full use, such as "2 MW"'),
    _option("--racks", count(checks.RACKS), "N", "at most this number of racks"),
    _choice("--minimise", ("nodes", "cost"), "what a mix makes small"),
    _option("--replications", count(checks.PAIRED), "N",
            "of one fleet, at the most (60); all together have at most 20 times as many", default=60),
    _WORKERS,
    _option("--out", FOLDER, "FOLDER", "write plan.json and the frontier there"),
    _JSON,
    _fail_if("cost > 50e6"),
)
_TUNE: Final = (
    _option("scenario", SCENARIO, None,
            "a shipped scenario, a TOML file, a saved result, - (stdin), or a log: .swf or .csv, plain or .gz"),
    _listed("--vary", text("linear, or NAME=LOW:HIGH"), "NAME=VALUES",
            "a parameter and its range: order.walltime=0:1, depth=1:100, reservations=1:8, age_rate=0:5; names: "
            "backfill=easy,easy-sjbf; linear (default): the weights of all features in which jobs differ"),
    _option("--policy", values.POLICY, "NAME", "all that is not varied: a named policy"),
    _option("--objectives", values.names(OneOf(OBJECTIVES)), "A,B", f"made small: {', '.join(OBJECTIVES)} (means)",
            default="bounded_slowdown"),
    _option("--trials", count(TRIALS), "N", "policies that are tried, those of the study among them (100)",
            default=100),
    _option("--study", FILE, "FILE", "keeps the trials; given again, the search goes on"),
    _option("--against", values.names(values.policies), "A,B,...", "policies that the tuned one is scored against",
            default="easy,sjf-easy"),
    _option("--train", values.share(checks.INNER_SHARE), "N%", "of a log: the share of its time for training (50%%)"),
    _option("--windows", count(WINDOWS), "N", "of a log: windows of the held-out part; default: its weeks"),
    *_ON[:2],
    _option("--replications", count(checks.PAIRED), "N",
            "of a scenario: N for training, and N others for the score (10)"),
    _WORKERS,
    _option("--seed", count(checks.SEED), "N", "of the search (0)"),
    _SET, _JSON,
    _fail_if("candidates.held_out.easy.high > 0"),
)
_SWEEP: Final = (
    _SCENARIO,
    _listed("--vary", assignment("center.nodes.910b.count=16:64:8"), "PATH=VALUES",
            "center.nodes.910b.count=16:64:8 (start, stop, step), a list 1,1.5,2, or for sobol a range 16:64",
            required=True),
    _option("-n --replications", count(checks.REPLICATIONS), "N", "of each point (1)", default=1),
    _choice("--design", ("grid", "sobol"), "all combinations, or Sobol' points"),
    _POLICY, *_PARTS,
    _option("--points", count(checks.POINTS), "N", "of the design sobol, a power of two (64)"),
    _option("--out", FOLDER, "FOLDER", "keeps each run as soon as it is done", required=True),
    _flag("--resume", "go on with what the folder holds, also with more values or replications"),
    _WORKERS,
    _option("--cluster", values.ADDRESS, "ADDRESS", "a Dask scheduler instead, such as tcp://10.0.0.1:8786"),
    _SEED, _SET, _JSON,
)
_REPORT: Final = (
    _option("inputs", FILE, "RESULT", "saved results (.parquet), a plan (.json), or folders of `onecenter run --out` "
            "and `onecenter plan --out`", nargs="+"),
    _option("-o --out", FILE, "FILE", "the HTML file to write", required=True),
    _choice("--lang", ("en", "zh"), "English or Chinese"),
)
_PACK: Final = (
    _option("--nodes", FILE, "FILE", "a list of nodes: CSV with sn, cpu_milli, memory_mib, gpu and model",
            required=True),
    _option("--tasks", FILE, "FILE", "a list of tasks: CSV with name, cpu_milli, memory_mib, num_gpu and gpu_milli, "
            "perhaps gpu_spec (models, with | between them)", required=True),
    _option("--placement", Kind("name", OneOf(PACKED)), None, ", ".join(PACKED), default="fgd"),
    _option("--demand", amount(checks.LOAD), "X", "tasks arrive until they ask X times the accelerators (1.3)",
            default=1.3),
    _option("--seeds", values.SEEDS, "A..B", "each shuffles the tasks anew (42..51)", default="42..51"),
    _JSON,
)
_SUITE: Final = (
    _listed("--policy", values.POLICY, "NAME",
            "run this one only, a name or FILE:NAME, beside what is committed of the others"),
    _flag("--quick", "one seed of each workload, as CI runs it"),
    _WORKERS,
    (_JSON, _MARKDOWN),
)
_EXPLAIN: Final = (
    _option("result", FILE, "RESULT", "a saved result (.parquet), or the folder of `onecenter run --out`"),
    _option("--job", count(checks.JOB), "N", "the job's number, as in the table of jobs", required=True),
    _JSON,
)
_EXPORT: Final = (
    _option("result", FILE, "RESULT", "a saved result (.parquet), or the folder of `onecenter run --out`"),
    _option("--to", FILE, "FILE", "FILE.swf: Standard Workload Format; FILE.json: a trace for Perfetto or Chrome",
            required=True),
)
_DIFF: Final = (
    _option("a", FILE, "A", "a saved result (.parquet), or the folder of `onecenter run --out`"),
    _option("b", FILE, "B", "another one of the same jobs on the same center"),
    _JSON,
)

_IMPORT: Final = (_option("--to", FILE, "FILE", "the scenario to write; default: standard output"), _JSON)

COMMANDS: Final[Mapping[str, Command]] = {
    "run": Command("simulate a scenario, or repeat a saved result (.parquet)", "commands", _RUN),
    "replay": Command("simulate a real log (SWF, ITP or Philly table)", "replaying", _REPLAY),
    "compare": Command("run several policies on one scenario, on the same jobs", "commands", _COMPARE),
    "plan": Command("find the smallest or cheapest fleet that meets every platform's targets", "planning", _PLAN),
    "tune": Command("tune parameters of a policy on some jobs, and score it on others", "tuning", _TUNE),
    "sweep": Command("run many variants of a scenario; interrupted, it goes on with --resume", "sweeping", _SWEEP),
    "report": Command("write a report for a board: one HTML file, in English or Chinese", "reporting", _REPORT),
    "pack": Command("fill a center with tasks that never leave: how much a placement makes use of", "packing", _PACK),
    "explain": Command("tell why a job waited, from when to when, and where it ran", "explaining", _EXPLAIN),
    "diff": Command("find the first decision in which two results differ; exit status 0 whether or not they do",
                    "explaining", _DIFF),
    "export": Command("write a result as SWF, or as a trace for Perfetto and Chrome", "exporting", _EXPORT),
    "policies": Command("list all policies: parts, parameters, papers, those of installed packages", "listing",
                        (_JSON,)),
    "suite": Command("run every policy on the frozen suite; exit status 1 where figures are not as committed",
                     "suiting", _SUITE),
    "show": Command("print the resolved scenario and its offered load, with warnings", "commands",
                    (_SCENARIO, _SEED, _SET, _JSON)),
    "validate": Command("check scenarios; print every mistake", "commands", (
        _option("scenarios", SCENARIO, "SCENARIO", "names or TOML files", nargs="+"), _SET)),
    "scenario": Command("list the shipped scenarios, print schema and reference, import configurations", "", (), {
        "list": Command("list the shipped scenarios", "scenarios"),
        "schema": Command("print the JSON schema of scenarios", "scenarios"),
        "reference": Command("print the reference of scenarios, in Markdown", "scenarios"),
        "from-kueue": Command("write the scenario of ClusterQueues, Cohorts and flavors of Kueue", "scenarios", (
            _option("files", FILE, "FILE", "YAML, each with one or several objects", nargs="+"),
            _listed("--nodes", values.NODES_OF_FLAVOR, "FLAVOR=COUNTxACCELERATORS",
                    "the nodes of a flavor, such as a100=16x8; default: one node of all its quota"),
            _option("--resource", text("the name of a resource"), "NAME",
                    "what is counted as accelerators, such as nvidia.com/gpu; default: what looks like it, else cpu"),
            *_IMPORT)),
        "from-slurm": Command("write the scenario of slurm.conf, gres.conf and what sacctmgr prints", "scenarios", (
            _option("files", FILE, "FILE", "slurm.conf, gres.conf, or what `sacctmgr show qos -P` and `show assoc -P` "
                    "print", nargs="+"),
            *_IMPORT)),
    }),
}
# fmt: on


def given_by(options: argparse.Namespace, policy: str | None) -> Given:
    """Return what a command is given beside a scenario: a policy, and the parts that options set."""
    return Given.of(policy, options.placement, options.backfill_order, options.estimate, options.victims)
