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
# # 第一次运行
#
# 一个中心，四个平台：`changsha-eighth` 是 1,023 PFLOPS 中心的八分之一，便于快速试算。

# %%
import onecenter as oc

result = oc.run("changsha-eighth")
result

# %% [markdown]
# 所有表格都是 Polars 数据框，全部由同一份决策日志得出。

# %%
result.platforms.select("platform", "submitted", "wait_p50_s", "wait_p95_s", "utilisation", "meets_target")

# %%
result.plot.utilisation(language="zh")

# %% [markdown]
# 作业要等多久？横轴为对数刻度，目标已标出。

# %%
result.plot.waits(language="zh")

# %% [markdown]
# 它们为什么等待？

# %%
result.reasons

# %% [markdown]
# 同一批作业换一种策略：其他条件都不变，差别只来自策略。

# %%
fifo = oc.run("changsha-eighth", policy="fifo")
{name: r.summary()["center"]["wait_s"]["p50"] for name, r in {"easy": result, "fifo": fifo}.items()}
