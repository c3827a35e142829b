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
# 试算过的规模。`late` 是由该规模自身的重复仿真得出的、长期来看未能按时启动的作业比例；结论由全部试算规模共同拟合得出。
# 重复次数越多，结论的置信区间越窄。

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
