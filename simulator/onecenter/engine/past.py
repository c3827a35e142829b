"""The rows of who has run what, for orders and estimates that go by it."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from onecenter_kernels import past_fields, state
from onecenter_kernels.state import State, grown

from onecenter.engine.numbering import Numbering
from onecenter.policies import Multifactor, Policy

#: What tells one tenant from another.
TENANT: Final = tuple(name for name, *_ in past_fields.USER_INPUT)


class Past:
    """Who there is, as far as a policy asks; most ask nothing.

    Parameters
    ----------
    policy : Policy
        With its order and its estimates.
    """

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._owners = 0
        self._users = Numbering(past_fields.USER_INPUT, state.USER_DTYPE)
        self._habits = Numbering(past_fields.HABIT_INPUT, state.HABIT_DTYPE)

    def know(
        self, found: State, first: int, last: int, owners: int, platforms: tuple[str, ...], given: Any = None
    ) -> State:
        """Return the state with rows for jobs first .. last - 1, and for the owners, of which there are so many.

        `given` are estimates (s) of a user's own.
        """
        if isinstance(self.policy.order, Multifactor):
            found = self._know_users(found, owners, self.policy.order, platforms)
        if self.policy.learns:
            found = self._know_habits(found, first, last)
        return found if self.policy.estimate == "walltime" else self._know_limits(found, first, last, given)

    def _know_limits(self, found: State, first: int, last: int, given: Any) -> State:
        """Return the state with the walltimes of jobs as their limits, and what is estimated at once in their place."""
        if last > len(found.estimates):
            found = found._replace(estimates=grown(found.estimates, last))
        jobs = found.jobs[first:last]
        found.estimates["limit"][first:last] = jobs["walltime"]
        if given is not None:
            jobs["walltime"] = np.ceil(np.clip(1000.0 * given, 1.0, jobs["walltime"])).astype(np.int64)
        elif self.policy.estimate == "run time":
            jobs["walltime"] = np.minimum(jobs["run"], jobs["walltime"])
        return found

    def _know_users(self, found: State, owners: int, order: Multifactor, platforms: tuple[str, ...]) -> State:
        new, known = found.owners[self._owners : owners], self._users.count
        self._owners = owners
        self._users.number({name: new[name].copy() for name in self._users.names}, new["user"])
        for user in self._users.rows[known : self._users.count]:
            user["shares"] = order.shares_of(platforms[int(user["platform"])], int(user["tenant"]))
        accounts = found.accounts
        if len(accounts) < len(platforms):
            accounts = grown(accounts, len(platforms))
        accounts["shares"][: len(platforms)] = [order.shares_of(name) for name in platforms]
        return found._replace(users=self._users.rows, accounts=accounts)

    def _know_habits(self, found: State, first: int, last: int) -> State:
        jobs = found.jobs[first:last]
        owners = found.owners[jobs["owner"]]
        of = {name: owners[name] for name in TENANT}
        return self._with_habits(found, of, found.asks["gang"][jobs["ask"]], found.keys["habit"][first:last])

    def _with_habits(self, found: State, of: Mapping[str, Any], gangs: Any, into: Any) -> State:
        """Number the habits of jobs, given as columns, and let each know that of its tenant and any size."""
        whole = np.empty(len(gangs), np.int64)
        self._habits.number({**of, "gang": np.full(len(gangs), -1)}, whole)
        self._habits.number({**of, "gang": gangs}, into)
        rows, recent = self._habits.rows, found.recent
        rows["overall"][into] = whole
        if len(recent) < len(rows):
            recent = grown(recent, len(rows))
        return found._replace(habits=rows, recent=recent)
