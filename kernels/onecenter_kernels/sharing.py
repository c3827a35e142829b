"""The fairshare factors of users: Slurm's Fair Tree and its classic fair share, over platforms and their tenants."""

import math

from .codes import TREE
from .jit import njit
from .usage import MOST, count_usage

#: A part of a factor below 2**-40 is left out.
BITS = 40


@njit
def join(s, j):
    """Let the user of job j, which is submitted, take part in the sharing."""
    clock, u = s.clock[0], s.owners[s.jobs[j].owner].user
    user = s.users[u]
    if user.joined:
        return
    user.joined = 1
    account = s.accounts[user.platform]
    account.users += 1
    account.divided += user.shares
    s.users[clock.users].ranked = u
    clock.users += 1
    clock.shared = -1


@njit
def share_out(s, t):
    """Bring the factors of all users up to t (ms); tell whether they may have changed."""
    clock = s.clock[0]
    last = t - t % clock.period
    if clock.shared == last:
        return False
    clock.shared = last
    used, divided = add_up(s, t)
    if clock.fair_share == TREE:
        rank(s, used, divided)
    else:
        weigh(s, used, divided)
    return True


@njit
def add_up(s, t):
    """Count the usage of platforms at t (ms); return that of all, and the shares of those that have submitted."""
    for p in range(len(s.accounts)):
        s.accounts[p].usage = 0
    for i in range(s.clock[0].users):
        u = s.users[i].ranked
        count_usage(s, u, t)
        account = s.accounts[s.users[u].platform]
        account.usage = min(account.usage + s.users[u].usage, MOST)
    used, divided = 0, 0
    for p in range(len(s.accounts)):
        if s.accounts[p].users > 0:
            used = min(used + s.accounts[p].usage, MOST)
            divided += s.accounts[p].shares
    return used, divided


@njit
def level(shares, divided, usage, used):
    """Return the level fairshare: the share of what is divided over the share of what is used."""
    if shares == 0:
        return 0.0
    if usage == 0:
        return math.inf
    return float(shares) / float(divided) / (float(usage) / float(used))


@njit
def rank(s, used, divided):
    """Give users their factors under Fair Tree: the part of all users that rank no higher."""
    count = s.clock[0].users
    for p in range(len(s.accounts)):
        account = s.accounts[p]
        account.level = level(account.shares, divided, account.usage, used)
    for u in range(len(s.users)):
        user = s.users[u]
        account = s.accounts[user.platform]
        if user.joined:
            user.level = level(user.shares, account.divided, user.usage, account.usage)
    for i in range(1, count):
        sink_user(s, i)
    factor = 1.0
    for i in range(count):
        if i == 0 or ranks_before(s, s.users[i - 1].ranked, s.users[i].ranked):
            factor = (count - i) / count
        set_factor(s, s.users[i].ranked, factor)


@njit
def set_factor(s, u, factor):
    """Give user u its factor, and note whether it is another."""
    user = s.users[u]
    user.changed = int(user.factor != factor)
    user.factor = factor


@njit
def ranks_before(s, a, b):
    """Tell whether user a ranks before user b: by the level of the platform, then by its own."""
    one, two = s.users[a], s.users[b]
    above, beside = s.accounts[one.platform].level, s.accounts[two.platform].level
    if above != beside:
        return above > beside
    return one.level > two.level


@njit
def sink_user(s, i):
    """Move the user in place i of the ranking up as far as it ranks before others."""
    u = s.users[i].ranked
    while i > 0 and ranks_before(s, u, s.users[i - 1].ranked):
        s.users[i].ranked = s.users[i - 1].ranked
        i -= 1
    s.users[i].ranked = u


@njit
def weigh(s, used, divided):
    """Give users their factors under classic fair share: 2 ** -(effective usage over share)."""
    for i in range(s.clock[0].users):
        u = s.users[i].ranked
        user = s.users[u]
        account = s.accounts[user.platform]
        factor = classic(user.shares, account.divided, account.shares, divided, user.usage, account.usage, used)
        set_factor(s, u, factor)


@njit
def classic(shares, siblings, above, divided, usage, usage_above, used):
    """Return the classic factor: shares of all among siblings, of the platform among platforms, and their usage."""
    if shares == 0 or above == 0:
        return 0.0
    if used == 0:
        return 1.0
    part = float(shares) / float(siblings)
    own, of_platform = float(usage) / float(used), float(usage_above) / float(used)
    effective = own + (of_platform - own) * part
    return halved(effective / (float(above) / float(divided) * part))


@njit
def halved(times):
    """Return 2 ** -times, by square roots alone: those are rounded alike everywhere."""
    whole = int(min(times, 1100.0))
    rest, root, found = times - whole, 0.5, 1.0
    for _ in range(BITS):
        root, rest = math.sqrt(root), 2.0 * rest
        if rest >= 1.0:
            found *= root
            rest -= 1.0
    for _ in range(whole):
        found *= 0.5
    return found
