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
# # 确定中心规模
#
# 需要多少节点，四个平台的等待时间才能全部达标？这个结论有多可靠？

# %%
import onecenter as oc

scenario = oc.load("changsha-eighth")
plan = oc.plan(scenario, {"center.nodes.910b.count": (16, 64)}, replications=20)
plan.text("zh")

# %% [markdown]
# 试算过的规模。`late` 是长期来看未能按时启动的作业比例；当其单侧 95 % 置信上限不超过允许比例时，目标即为达标。
# 二十次重复仿真仍不能判定时，需要更多次。

# %%
plan.table.select("center.nodes.910b.count", "platform", "late", "late_high", "allowed", "verdict", "miss_share")

# %% [markdown]
# 前沿曲线：各平台等待时间随节点数的变化，附 95 % 区间与目标。

# %%
plan.plot.frontier(language="zh")

# %% [markdown]
# 每年费用是多少？价格与电价及其来源写在场景文件中。

# %%
[(one["nodes"], one["cost"], one["verdict"]) for one in plan.tried]
