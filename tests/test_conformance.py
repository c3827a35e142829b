"""The conformance pages: each rule has a status, and each test that a page names exists."""

import ast
import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
PAGES = sorted((TESTS.parent / "docs").glob("conformance-*.md"))

STATUSES = {"modelled", "rule", "differently", "not"}

HEADER = ["rule", "here", "test, or how"]


def rows_of(page: Path) -> list[list[str]]:
    """Return the rows of a page's tables, without headers and rulers."""
    lines = [line for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in rows if row != HEADER and not set("".join(row)) <= {"-"}]


def functions_of(file: str) -> set[str]:
    """Return the functions of a test file."""
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("page", PAGES, ids=[page.stem for page in PAGES])
def test_each_rule_has_a_status_and_what_belongs_to_it(page: Path) -> None:
    rows = rows_of(page)
    assert len(rows) > 20
    for rule, status, how in rows:
        assert status in STATUSES, rule
        named = re.findall(r"`(test_\w+\.py)::(test_\w+)`", how)
        assert bool(named) == (status in ("modelled", "rule")), rule
        assert how or status == "not", rule
        for file, name in named:
            assert name in functions_of(file), f"{rule}: {file}::{name}"


def test_there_is_a_page_about_kueue_and_one_about_slurm() -> None:
    assert [page.stem for page in PAGES] == ["conformance-kueue", "conformance-slurm"]
