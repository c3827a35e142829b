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
# # 谁得到什么：试改一次配额
#
# `changsha` 的各平台按配额共享同一资源池：每个平台在每种节点类型上有自己的份额，可借用他人未用的部分，层级较高的作业可以逐出其他作业。这里仿真三周。

# %%
import polars as pl

import onecenter as oc

WEEKS = ["time.horizon=21 d"]
today = oc.load("changsha", set=WEEKS)
result = oc.run(today)
result.shares

# %% [markdown]
# `used` 为平均占用的加速卡数，`nominal` 为名义配额。超出配额的部分是借入的，由其他平台借出。按平台与节点类型随时间的变化如下：

# %%
result.plot.shares(language="zh")

# %% [markdown]
# ## 突发
#
# 课程几乎没有配额，也不需要：上课时借用闲置的资源即可。

# %%
talent = result.usage.filter(pl.col("platform") == "talent", pl.col("used") > pl.col("nominal"))
talent.sort("used", descending=True).head(3)

# %%
result.platforms.filter(pl.col("platform") == "talent").select("submitted", "wait_p95_s", "meets_target")

# %% [markdown]
# ## 收回
#
# 产业平台在每种节点类型上最多借出 25%，自有的另外 20% 随时可用。其大规模成组作业有配额而无空位时，会逐出公共算力平台已运行两小时以上的作业。

# %%
evicted = result.segments.filter(pl.col("outcome") == "requeued").join(result.jobs, on="job")
evicted.group_by("platform").agg(pl.col("job").n_unique(), pl.col("accelerators").max().alias("largest"))

# %% [markdown]
# 其中一个作业的经过：它重新排队，若有检查点，则从最近一次检查点继续。总体上，逐出只占用很少的算力：作废的工作，以及重启与写检查点的开销。

# %%
result.explain(int(evicted["job"][0]))

# %%
center = result.sharing["center"]
{name: round(center[name]) for name in ("useful_hours", "lost_hours", "overhead_hours", "leaving_hours", "preemptions")}

# %% [markdown]
# ## 试改配额
#
# 产业平台有意见：课程为什么可以借用？假设不允许借用。用相同的作业重复仿真两种方案，差别就只来自配额。

# %%
limits = [f"platforms.talent.quota.borrowing_limit.{kind}=0" for kind in ("910a", "910b")]
tried = oc.load("changsha", set=[*WEEKS, *limits])
found = oc.compare({"today": today, "tried": tried}, n=6)
found.table.select("platform", "base_s", "other_s", "difference_s", "beyond_chance")

# %% [markdown]
# `base_s` 与 `other_s` 为改动前后的平均等待时间（秒）；所有判断以 95% 的把握同时成立。课程要等待，且超出偶然；其他平台都没有超出偶然的收益。因此维持原方案：它不让其他平台付出代价。改动前后借入与收回的卡时：

# %%
pl.DataFrame(
    [
        {"quota": name} | {key: round(part["center"][f"{key}_hours"]) for key in ("borrowed", "reclaimed", "lost")}
        for name, part in found.sharing().items()
    ]
)

# %% [markdown]
# 在命令行中也可以这样做：`onecenter sweep changsha --vary 'platforms.talent.quota.nominal.910a="0.5 %","1 %"' --out out/sweep`。
