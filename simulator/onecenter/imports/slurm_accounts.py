"""What sacctmgr prints of QOS and associations (`show qos -P`, `show assoc -P`): limits and shares."""

from collections.abc import Iterable
from typing import Any, Final

from onecenter import units
from onecenter.errors import OnecenterError
from onecenter.imports.answer import Notes
from onecenter.imports.fields import Field, Place
from onecenter.imports.scalars import name_of, text, whole
from onecenter.imports.slurm_values import count, gpus, time
from onecenter.policies import SHARES

#: What columns say where nothing has been set.
_USUAL: Final = {
    "priority": "0", "gracetime": "00:00:00", "preemptmode": "cluster", "usagefactor": "1.000000",
}  # fmt: skip

#: By limit of a platform or of each of its tenants: the column, and how it is read.
_ALL: Final = {
    "max_running_jobs": ("grpjobs", count), "max_accelerators": ("grptres", gpus),
    "max_submitted": ("grpsubmit", count), "max_per_job": ("maxtres", gpus), "max_walltime": ("maxwall", time),
}  # fmt: skip
_EACH: Final = {
    "max_running_jobs": ("maxjobspu", count), "max_accelerators": ("maxtrespu", gpus),
    "max_submitted": ("maxsubmitpu", count),
}  # fmt: skip
_USER: Final = {"max_running_jobs": ("maxjobs", count), "max_submitted": ("maxsubmit", count)}


def rows_of(path: str, text_: str) -> list[Field]:
    """Return the rows of a table with | between its columns; a cell that is empty is not there."""
    lines = [(number, line) for number, line in enumerate(text_.splitlines(), 1) if line.strip()]
    header = [each.strip().lower().replace(" ", "") for each in lines[0][1].split("|")]
    rows = []
    for number, line in lines[1:]:
        cells = [each.strip() for each in line.split("|")]
        if len(cells) != len(header):
            right = f"{len(header)} columns are expected, as in the first line; print it with sacctmgr -P"
            raise OnecenterError(path, [f"line {number}: {len(cells)} columns: {right}"])
        about = "|".join(cells[:3])
        table = {key: Field(cell, Place(path, number), f"{about}: {key}", quoted=True)
                 for key, cell in zip(header, cells, strict=True) if cell and key}  # fmt: skip
        for key, usual in _USUAL.items():
            if key in table and table[key].value == usual:
                table[key].read = True
        rows.append(Field(table, Place(path, number), about))
    return rows


def limits_of(row: Field, notes: Notes, *, qos: bool) -> dict[str, Any]:
    """Return the limits of a platform that a QOS or an account gives: its own, and those of each tenant."""
    found = {"limits": _limits(row, _ALL, notes), "tenant_limits": _limits(row, _EACH if qos else _USER, notes)}
    return {key: each for key, each in found.items() if each}


def _limits(row: Field, columns: dict[str, Any], notes: Notes) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, (column, read) in columns.items():
        amount = read(row.at(column), notes)
        if amount is not None:
            found[name] = units.duration_text(amount) if read is time else amount
    return found


class Accounts:
    """The accounts of associations, with shares and users."""

    def __init__(self, rows: Iterable[Field], notes: Notes) -> None:
        self.rows: dict[str, Field] = {}
        self.shares: dict[str, int] = {}
        self.users: dict[str, list[int]] = {}
        for row in rows:
            account, user = name_of(text(row.at("account"), notes)), text(row.at("user"), notes)
            row.take("cluster")
            if account in ("", "root"):
                notes.leave_out_rest(row) if user else row.take()
                continue
            share = row.at("share")
            if share is not None and share.value == "parent":
                notes.leave_out(share, "each has shares of its own; 1 is taken")
                share = None
            shares = whole(share, notes, SHARES.low, SHARES.high, 1)
            if user:
                self.users.setdefault(account, []).append(shares)
            elif account in self.rows:
                notes.wrong(row.at("account") or row, "the account is in a line before; one cluster is expected")
            else:
                self.rows[account], self.shares[account] = row, shares
        for account in self.users:
            self.shares.setdefault(account, 1)
