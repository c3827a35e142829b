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
# # Size the center
#
# How many nodes until every platform's waits meet their targets, and how sure is that?

# %%
import onecenter as oc

scenario = oc.load("changsha-eighth")
plan = oc.plan(scenario, {"center.nodes.910b.count": (16, 64)}, replications=20)
plan.text()

# %% [markdown]
# What was tried. `late` is the share of jobs that do not start within the target, over the long run, by the fleet's own
# replications; the answer rests on a fit over all fleets. More replications narrow its interval.

# %%
plan.table.select("center.nodes.910b.count", "platform", "late", "late_high", "allowed", "verdict", "miss_share")

# %% [markdown]
# The frontier: each platform's wait against the number of nodes, with 95 % bands and the targets.

# %%
plan.plot.frontier()

# %% [markdown]
# What does the fleet cost a year? Prices and tariff stand in the scenario, with their sources.

# %%
[(one["nodes"], one["cost"], one["verdict"]) for one in plan.tried]
