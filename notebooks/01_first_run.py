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
# # A first run
#
# One center, four platforms: `changsha-eighth` is an eighth of a 1,023 PFLOPS center, for quick work.

# %%
import onecenter as oc

result = oc.run("changsha-eighth")
result

# %% [markdown]
# Every table is a Polars frame, and all of them follow from one decision log.

# %%
result.platforms.select("platform", "submitted", "wait_p50_s", "wait_p95_s", "utilisation", "meets_target")

# %%
result.plot.utilisation()

# %% [markdown]
# How long do jobs wait? The axis is logarithmic, the targets are marked.

# %%
result.plot.waits()

# %% [markdown]
# And why do they wait?

# %%
result.reasons

# %% [markdown]
# The same jobs under another policy: nothing else differs, so the difference is the policy's.

# %%
fifo = oc.run("changsha-eighth", policy="fifo")
{name: r.summary()["center"]["wait_s"]["p50"] for name, r in {"easy": result, "fifo": fifo}.items()}
