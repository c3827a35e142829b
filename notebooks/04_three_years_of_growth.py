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
# # Three years of growth
#
# Demand grows by month. Which target fails first, when, and what must be ordered when?

# %%
import onecenter as oc

queue = oc.load(
    "mm-c",
    set=[
        'time.horizon="30 d"',
        'platforms.queue.wait.p95="40 min"',
        'center.nodes.server.lead_time="90 d"',
        "growth.platforms.queue={ monthly = 0.01 }",
    ],
)
outlook = oc.outlook(queue, {"center.nodes.server.count": (8, 24)}, "3 y", replications=20)
outlook.text()

# %% [markdown]
# Each purchase lasts for a year; the order goes out a lead time before.

# %%
outlook.purchases

# %%
outlook.plot()
