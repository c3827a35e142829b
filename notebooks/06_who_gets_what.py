# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Who gets what: trying a quota change
#
# The platforms of `changsha` share one pool by quotas: each has its own part of each node type, borrows what others
# leave unused, and jobs of a higher tier may evict others. Here are three weeks of it.

# %%
import polars as pl

import onecenter as oc

WEEKS = ["time.horizon=21 d"]
today = oc.load("changsha", set=WEEKS)
result = oc.run(today)
result.shares

# %% [markdown]
# `used` is the mean number of accelerators held, `nominal` the quota. What is held beyond it is borrowed, and somebody
# else has lent it. Over time, by platform and node type:

# %%
result.plot.shares()

# %% [markdown]
# ## The burst
#
# Courses have next to no quota, and do not need one: when a class begins, it borrows what is unused.

# %%
talent = result.usage.filter(pl.col("platform") == "talent", pl.col("used") > pl.col("nominal"))
talent.sort("used", descending=True).head(3)

# %%
result.platforms.filter(pl.col("platform") == "talent").select("submitted", "wait_p95_s", "meets_target")

# %% [markdown]
# ## The reclaim
#
# Industry lends at most 25 % of each node type: the other 20 % of its own are ready at once. Where its large gangs have
# quota but find no room, they evict jobs of public compute that have run for at least two hours.

# %%
evicted = result.segments.filter(pl.col("outcome") == "requeued").join(result.jobs, on="job")
evicted.group_by("platform").agg(pl.col("job").n_unique(), pl.col("accelerators").max().alias("largest"))

# %% [markdown]
# What became of one of them; it waits again and goes on from its last checkpoint, if it has any. In all, evictions cost
# a small part of the capacity: what was lost, and what restarting and writing checkpoints took.

# %%
result.explain(int(evicted["job"][0]))

# %%
center = result.sharing["center"]
{name: round(center[name]) for name in ("useful_hours", "lost_hours", "overhead_hours", "leaving_hours", "preemptions")}

# %% [markdown]
# ## Trying a change
#
# Industry is cross: why may courses borrow at all? Suppose that they may not. Replications repeat both on the same jobs, so
# that the difference is the quota's own.

# %%
limits = [f"platforms.talent.quota.borrowing_limit.{kind}=0" for kind in ("910a", "910b")]
tried = oc.load("changsha", set=[*WEEKS, *limits])
found = oc.compare({"today": today, "tried": tried}, n=6)
found.table.select("platform", "base_s", "other_s", "difference_s", "beyond_chance")

# %% [markdown]
# `base_s` and `other_s` are mean waits (s) before and after; all verdicts hold at once with 95 % certainty. Courses wait,
# and that is beyond chance; nobody else gains anything that is. So they keep what they have: it costs the others nothing.
# What was borrowed and reclaimed, before and after:

# %%
pl.DataFrame(
    [
        {"quota": name} | {key: round(part["center"][f"{key}_hours"]) for key in ("borrowed", "reclaimed", "lost")}
        for name, part in found.sharing().items()
    ]
)

# %% [markdown]
# The same on the command line: `onecenter sweep changsha --vary 'platforms.talent.quota.nominal.910a="0.5 %","1 %"' --out out/sweep`.
