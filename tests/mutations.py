"""Small faults that can be put into a file, one at a time: what `tests/mutants.py` chooses from.

A mutant changes behaviour. So texts, annotations, decorators, imports and messages of errors are left alone, and so is
what only counts work (`clock.visits`): the committed work counts of the benchmark guard that.
"""

import ast
import hashlib
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

SEED = 20260302

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
SUMS: dict[type[ast.operator], type[ast.operator]] = {ast.Add: ast.Sub, ast.Sub: ast.Add}
EXTREMES = {"min": "max", "max": "min"}

#: What only counts work.
COUNTS = ("visits",)


class Mutant(NamedTuple):
    """A fault: the bytes from `start` to `end` of a file become `text`.

    `line` and `function` say where it is ("" for the module itself), `before` and `after` what changes, `key` names it
    the same as long as its function holds the same such code.
    """

    path: str
    line: int
    function: str
    before: str
    after: str
    start: int
    end: int
    text: str
    key: str

    def applied(self, source: bytes) -> bytes:
        """Return the file with the fault."""
        return source[: self.start] + self.text.encode() + source[self.end :]


def mutants_of(path: str, source: bytes) -> list[Mutant]:
    """Return all mutants of a file."""
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    found: list[Mutant] = []
    seen: Counter[tuple[str, ...]] = Counter()
    for function, node, changed in _changes(ast.parse(source), ""):
        before, after = ast.unparse(node), changed if isinstance(changed, str) else ast.unparse(changed)
        seen[function, before, after] += 1
        text = f"{SEED} {path} {function} {before} {after} {seen[function, before, after]}"
        start = starts[node.lineno - 1] + node.col_offset
        end = starts[node.end_lineno - 1] + node.end_col_offset
        key = hashlib.sha256(text.encode()).hexdigest()[:16]
        new = after if isinstance(node, ast.stmt) else f"({after})"
        found.append(Mutant(path, node.lineno, function, before, after, start, end, new, key))
    return found


def _changes(node: ast.AST, function: str) -> Iterator[tuple[str, Any, ast.AST | str]]:
    """Yield the function, the node and what takes its place, for a node and all below it."""
    yield from ((function, each, new) for each, new in _of_node(node))
    for child in _below(node):
        yield from _changes(child, _inside(function, node))


def _inside(function: str, node: ast.AST) -> str:
    """Return the name of the function or class that a node's children are in, as `__qualname__` has it."""
    if isinstance(node, ast.ClassDef):
        return f"{function}.{node.name}" if function else node.name
    if isinstance(node, ast.FunctionDef):
        return f"{function}.{node.name}" if function else node.name
    return function


def _below(node: ast.AST) -> list[ast.AST]:
    """Return the children in which there are faults to be put."""
    if isinstance(node, ast.FunctionDef):
        return [*node.args.defaults, *(each for each in node.args.kw_defaults if each), *node.body]
    if isinstance(node, ast.ClassDef):
        return list(node.body)
    if isinstance(node, ast.AnnAssign):
        return [node.value] if node.value else []
    if _is_silent(node) or _number(node) is not None:
        return []
    return list(ast.iter_child_nodes(node))


def _is_silent(node: ast.AST) -> bool:
    if isinstance(node, ast.If):
        return "TYPE_CHECKING" in ast.unparse(node.test)
    if isinstance(node, ast.Call):
        return ast.unparse(node.func).endswith(("warn", "Error"))
    return isinstance(node, ast.JoinedStr | ast.Import | ast.ImportFrom | ast.Raise | ast.Assert) or _counts(node)


def _counts(node: ast.AST) -> bool:
    return isinstance(node, ast.AugAssign) and getattr(node.target, "attr", "") in COUNTS


def _of_node(node: ast.AST) -> Iterator[tuple[Any, ast.AST | str]]:
    """Yield what of a node changes, and what takes its place."""
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in COMPARISONS:
        yield node, ast.Compare(node.left, [COMPARISONS[type(node.ops[0])]()], node.comparators)
    elif isinstance(node, ast.BinOp) and type(node.op) in SUMS and not _is_text(node):
        yield node, ast.BinOp(node.left, SUMS[type(node.op)](), node.right)
    elif isinstance(node, ast.BoolOp):
        yield node, ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    elif (number := _number(node)) is not None:
        yield node, ast.Constant(number + 1)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in EXTREMES:
        yield node.func, EXTREMES[node.func.id]
    elif isinstance(node, ast.If | ast.While | ast.IfExp) and not _is_silent(node):
        yield node.test, ast.UnaryOp(ast.Not(), node.test)
    elif _can_be_dropped(node):
        yield node, "pass"


def _number(node: ast.AST) -> int | float | None:
    """Return the number that a node is, its sign included; None: it is none."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = _number(node.operand)
        return None if inner is None else -inner
    return node.value if isinstance(node, ast.Constant) and type(node.value) in (int, float) else None


def _is_text(node: ast.BinOp) -> bool:
    sides = (node.left, node.right)
    return any(isinstance(s, ast.JoinedStr) or isinstance(getattr(s, "value", None), str) for s in sides)


def _can_be_dropped(node: ast.AST) -> bool:
    """Whether a statement can be left out without the loss of a name, which would be noticed at once."""
    if isinstance(node, ast.Assign):
        return all(isinstance(target, ast.Attribute | ast.Subscript) for target in node.targets)
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Call)
    return isinstance(node, ast.AugAssign | ast.Raise | ast.Continue | ast.Break) and not _counts(node)
