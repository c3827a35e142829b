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
# # Compare policies
#
# One run is one draw of chance. Replications repeat it with other random numbers; every policy sees the same ones, so
# that the difference between two policies is the policies' own.

# %%
import onecenter as oc

found = oc.compare(["easy", "easy-sjbf", "fifo"], "changsha-eighth", n=10)
found.table.select("platform", "other", "base_s", "other_s", "ratio", "ratio_low", "ratio_high", "beyond_chance")

# %% [markdown]
# `ratio` is the mean wait of the other policy over that of the first one. All intervals hold at once with 95 % certainty
# (Bonferroni), and a ratio is beyond chance exactly where its interval leaves out 1. FIFO does not keep up with this
# demand.

# %%
found.plot()

# %% [markdown]
# Scenarios are compared in the same way: here one node more.

# %%
scenario = oc.load("changsha-eighth")
more = oc.load("changsha-eighth", set=["center.nodes.910b.count=27"])
nodes = oc.compare({"26 nodes": scenario, "27 nodes": more}, n=10)
nodes.table.filter(platform="center").select("base_s", "other_s", "ratio", "ratio_low", "ratio_high", "beyond_chance")

# %% [markdown]
# Pairing is what makes so small a difference visible: without it the error would be several times as large.

# %%
pair = nodes.paired_log_ratio("27 nodes", "center")
pair.unpaired_error / pair.error
