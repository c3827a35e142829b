"""The fields of the quota tree: each declared once with name, dtype, unit and meaning."""

from typing import Final

from .schema import Field

#: One row per node of the quota tree: the center, then cohorts, each behind its parent, then platforms.
TREE: Final[tuple[Field, ...]] = (
    ("parent", "i8", "index", "the cohort that it is in, in tree; -1: none, it is the center"),
    ("platform", "i8", "code", "its platform; -1: it is a cohort or the center"),
)

#: By (node type, node of the quota tree). `subtree`, `local` and a cohort's `usage` follow from the others.
QUOTA: Final[tuple[Field, ...]] = (
    ("nominal", "i8", "1/1000", "accelerators of its own; a cohort's come on top of those of its children"),
    ("borrowing", "i8", "1/1000", "the most that it may use beyond its subtree's; -1: no limit"),
    ("lending", "i8", "1/1000", "the most of its subtree's that others may use; -1: no limit"),
    ("local", "i8", "1/1000", "of its subtree's, what nobody else may use"),
    ("subtree", "i8", "1/1000", "its own and what its children lend"),
    ("usage", "i8", "1/1000", "what its jobs hold; a cohort: what its children use beyond what is local to them"),
)
