"""slurm.conf, gres.conf and what sacctmgr prints, as a scenario."""

from collections.abc import Sequence
from typing import Any, Final

from onecenter import units
from onecenter.checks import did_you_mean
from onecenter.imports.answer import Imported, Notes
from onecenter.imports.fields import Field
from onecenter.imports.scalars import name_of, text, whole
from onecenter.imports.slurm_accounts import Accounts, limits_of, rows_of
from onecenter.imports.slurm_lines import lines_of, text_of
from onecenter.imports.slurm_nodes import kinds_of, names_in, node_types, with_models
from onecenter.imports.slurm_policy import policy_of
from onecenter.imports.slurm_preemption import tiers
from onecenter.imports.slurm_values import time
from onecenter.system import inputs

SOURCE: Final = "scenario from-slurm"

#: Limits of all jobs of a QOS or account together.
_GROUP: Final = ("max_running_jobs", "max_accelerators", "max_submitted")


class _Files:
    """What the files hold, by what it is about."""

    def __init__(self, files: Sequence[str], notes: Notes) -> None:
        self.nodes: list[Field] = []
        self.partitions: list[Field] = []
        self.devices: list[Field] = []  # lines of gres.conf
        self.settings: dict[str, Field] = {}
        self.qos: list[Field] = []
        self.associations: list[Field] = []
        for path in files:
            given, name = text_of(path), inputs.label(path)
            first = next(filter(str.strip, given.splitlines()), "")
            if "|" in first:
                self._add_rows(name, given, first.lower())
            else:
                for line in lines_of(name, given):
                    self._add_line(line, notes)

    def _add_rows(self, path: str, given: str, header: str) -> None:
        names = header.split("|")
        (self.associations if "account" in names else self.qos).extend(rows_of(path, given))

    def _add_line(self, line: Field, notes: Notes) -> None:
        if line.at("partitionname") is not None:
            self.partitions.append(line)
        elif line.at("name") is not None:
            self.devices.append(line)
        elif line.at("nodename") is not None:
            self.nodes.append(line)
        else:
            for key, each in line.value.items() if isinstance(line.value, dict) else ():
                if key in self.settings:
                    notes.leave_out(self.settings[key], "a later line says otherwise")
                self.settings[key] = each

    def left_over(self, notes: Notes) -> None:
        """Note what nobody has read."""
        lines = (*self.nodes, *self.devices, *self.partitions, *self.settings.values())
        for each in (*lines, *self.qos, *self.associations):
            notes.leave_out_rest(each)


def from_slurm(files: Sequence[str]) -> Imported:
    """Return the scenario of some files: slurm.conf, gres.conf, and tables of `sacctmgr show qos -P` and `assoc -P`."""
    notes = Notes()
    found = _Files(files, notes)
    kinds = with_models(kinds_of(found.nodes, notes), found.devices, notes)
    partitions = {name_of(text(line.at("partitionname"), notes)): line for line in _partitions(found, notes)}
    members = {name: _members(line, set(kinds), notes) for name, line in partitions.items()}
    types = list(node_types(kinds, members))
    if not types:
        notes.mistakes.append("no NodeName is in the files; slurm.conf is expected")
    accounts = Accounts(found.associations, notes)
    policy = policy_of(found.settings, notes)
    qos = {text(row.at("name"), notes): row for row in found.qos}
    if accounts.shares:
        platforms = _of_accounts(accounts, qos, notes)
    else:
        platforms = _of_partitions(partitions, qos, tiers(found.settings, partitions, policy, notes), notes)
    _share(policy, accounts)
    _say(found, members, types, notes)
    found.left_over(notes)
    nodes = {each.pop("name"): each for each, _ in types}
    return notes.answer(SOURCE, {"center": {"nodes": nodes}, "platforms": platforms, "policy": policy})


def _say(
    found: _Files, members: dict[str, set[str]], types: Sequence[tuple[dict[str, Any], set[str]]], notes: Notes
) -> None:
    """Say what was taken for granted, and what the files lack."""
    text(found.settings.get("clustername"), notes)
    enforced = text(found.settings.get("accountingstorageenforce"), notes).lower()
    if (found.qos or found.associations) and not any(word in enforced for word in ("limits", "safe", "all")):
        notes.assumed.append("limits are enforced, which AccountingStorageEnforce does not say")
    for name in members:
        names = ", ".join(str(each["name"]) for each, those in types if name in those)
        notes.to_add.append(f"partition {name}: node_types of the streams that use it: {names or 'none'}")
    notes.to_add.append("demand: platforms.NAME.demand, or run a log on this center with replay --center")


def _partitions(found: _Files, notes: Notes) -> list[Field]:
    """Return the partitions, those that PartitionName=DEFAULT says something of with that."""
    default: dict[str, Field] = {}
    lines = []
    for line in found.partitions:
        assert isinstance(line.value, dict)
        if line.text("partitionname").upper() == "DEFAULT":
            line.take("partitionname")
            default |= {key: each for key, each in line.value.items() if key != "partitionname"}
        else:
            line.value = default | line.value
            lines.append(line)
    return lines


def _members(line: Field, nodes: set[str], notes: Notes) -> set[str]:
    at, state = line.at("nodes"), line.at("state")
    if state is not None and str(state.value).upper() == "UP":
        state.read = True
    if at is None:
        return set()
    if str(at.value).upper() == "ALL":
        at.read = True
        return nodes
    found = set(names_in(at, notes))
    unknown = sorted(found - nodes)
    if unknown:
        near = did_you_mean(unknown[0], nodes)
        notes.wrong(at, f"no NodeName has {unknown[0]}; {near}a node of the files is expected")
    return found


def _of_partitions(
    partitions: dict[str, Field], qos: dict[str, Field], tier_of: dict[str, int], notes: Notes
) -> dict[str, Any]:
    found = {}
    for name, line in partitions.items():
        row = qos.get(line.text("qos"))
        table = limits_of(row, notes, qos=True) if row is not None else {}
        if row is not None:
            line.take("qos")
        most = time(line.at("maxtime"), notes)
        if most is not None:
            given = units.parse_duration(table.get("limits", {}).get("max_walltime", "1000 y"))
            table["limits"] = table.get("limits", {}) | {"max_walltime": units.duration_text(min(most, given))}
        tier = line.at("prioritytier")
        if name in tier_of:
            table["tier"] = tier_of[name]
        elif tier is not None and whole(tier, notes, 0, 65_533) != 1:
            notes.leave_out(tier, "without PreemptType=preempt/partition_prio no partition goes before all others")
        found[name] = table
    return found or {"all": {}}


def _of_accounts(accounts: Accounts, qos: dict[str, Field], notes: Notes) -> dict[str, Any]:
    """Return platforms of accounts, each with its own limits and those of its QOS."""
    notes.assumed.append("accounts are platforms, all of them side by side; users are tenants, in the order listed")
    found = {}
    for name in accounts.shares:
        row = accounts.rows.get(name)
        own = limits_of(row, notes, qos=False) if row is not None else {}
        of_qos = qos.get(text(row.at("defqos"), notes)) if row is not None else None
        more = limits_of(of_qos, notes, qos=True) if of_qos is not None else {}
        found[name] = _joined(own, more)
    return found


def _joined(own: dict[str, Any], of_qos: dict[str, Any]) -> dict[str, Any]:
    """Return the limits of an account: those of a group hold on both levels, of the others that of the QOS."""
    found = {key: own.get(key, {}) | of_qos.get(key, {}) for key in dict.fromkeys((*of_qos, *own))}
    one, other = own.get("limits", {}), of_qos.get("limits", {})
    for key in (key for key in _GROUP if key in one and key in other):
        found["limits"][key] = min(one[key], other[key])
    return found


def _share(policy: dict[str, Any], accounts: Accounts) -> None:
    """Give the multifactor order the shares of accounts and users."""
    if isinstance(policy.get("order"), dict) and accounts.shares:
        policy["order"] |= {"shares": accounts.shares, "tenant_shares": accounts.users}
