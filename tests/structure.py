"""What imports what: the packages of the simulator by floor, and what breaks the rules (`make structure`).

An import goes down: from the command line to what knows less. The order of the floors is declared here and nowhere
else. An import inside a function counts as any other does, and so do one for type checkers only and a module that is
named in a string, to be imported later.
"""

import ast
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
SIMULATOR, KERNELS = "onecenter", "onecenter_kernels"

#: From the bottom up; what is on one floor may import what is on those below. `onecenter` is its `__init__`, the door
#: for Python users.
FLOORS = (
    KERNELS, "visible", "errors", "units", "words", "checks", "fleet", "policies", "system", "statistics", "scenario",
    "imports", "workload", "traces", "engine", "results", "plot", "simulation", "experiments", "planning", SIMULATOR,
    "report", "cli", "__main__",
)  # fmt: skip

#: The only module of the kernels that a package other than ENGINE may know.
SCHEMA, ENGINE = f"{KERNELS}.schema", "engine"

#: The only modules outside ENGINE that know the kinds of rows of the decision log; all others read segments.
READERS = ("onecenter.results.log", "onecenter.results.segments")
KINDS = ("submit", "refuse", "start", "end", "kill", "cancel", "evict", "requeue")

MAX_PARTS, MAX_LOOSE = 24, 8

MARKS = {"function": "~", "types": "^", "": ""}


class Import(NamedTuple):
    """Which module is imported, and where: "" at the top, in a "function", or for "types" only."""

    module: str
    where: str = ""


Graph = Mapping[str, frozenset[Import]]


def modules() -> dict[str, Path]:
    """Return the files of simulator and kernels by the names of their modules."""
    found = {}
    for folder in (ROOT / "simulator" / SIMULATOR, ROOT / "kernels" / KERNELS):
        for path in folder.rglob("*.py"):
            parts = path.relative_to(folder.parent).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def graph(files: Mapping[str, Path]) -> Graph:
    """Return what each module imports of the others."""
    return {name: frozenset(_imports(name, path, files)) for name, path in files.items()}


def _imports(name: str, path: Path, files: Mapping[str, Path]) -> Iterator[Import]:
    package = name if path.stem == "__init__" else name.rpartition(".")[0]
    tree = ast.parse(path.read_text(encoding="utf-8"))
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    yield from (Import(text, "function") for text in texts if "." in text and text in files and text != package)
    for node, where in _nodes(tree, ""):
        if isinstance(node, ast.Import):
            found = {alias.name for alias in node.names}
        else:
            base = _base(node, package)
            found = {f"{base}.{alias.name}" if f"{base}.{alias.name}" in files else base for alias in node.names}
        yield from (Import(each, where) for each in found if each in files and each != name)


def _base(node: ast.ImportFrom, package: str) -> str:
    above = package.split(".")[: len(package.split(".")) + 1 - node.level] if node.level else []
    return ".".join([*above, *([node.module] if node.module else [])])


def _nodes(tree: ast.AST, where: str) -> Iterator[tuple[ast.Import | ast.ImportFrom, str]]:
    """Yield the imports below a node, and where they are."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node, where
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from _nodes(node, "function")
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            yield from _nodes(node, "types")
        elif isinstance(node, ast.stmt | ast.ExceptHandler | ast.match_case):
            yield from _nodes(node, where)


def part_of(module: str) -> str:
    """Return the package or loose module of the picture that a module belongs to."""
    return KERNELS if module.split(".")[0] == KERNELS else (module.split(".")[1:] or [SIMULATOR])[0]


def picture(found: Graph) -> dict[str, dict[str, set[str]]]:
    """Return by package what it imports of the others, each with where."""
    parts: dict[str, dict[str, set[str]]] = {part_of(name): {} for name in found}
    for name, imports in found.items():
        for each in imports:
            if part_of(each.module) != part_of(name):
                parts[part_of(name)].setdefault(part_of(each.module), set()).add(each.where)
    return parts


def circles(found: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """Return the sets of names that lead back to themselves (strongly connected components of more than one)."""
    reached = {name: _reached(name, found) for name in found}
    rings = {frozenset(other for other in reached[name] if name in reached[other]) for name in found}
    return sorted(sorted(ring) for ring in rings if len(ring) > 1)


def _reached(name: str, found: Mapping[str, Iterable[str]]) -> set[str]:
    seen, todo = set(), [name]
    while todo:
        new = set(found.get(todo.pop(), ())) - seen
        seen |= new
        todo += new
    return seen


def faults(found: Graph) -> list[str]:
    """Return all that breaks the rules, in words."""
    parts = picture(found)
    unknown = [f"{part}: it has no floor; give it one in {Path(__file__).name}" for part in parts if part not in FLOORS]
    return [*unknown, *_upward(found), *_beside_schema(found), *_circular(found), *_too_many(found, parts)]


def _upward(found: Graph) -> list[str]:
    floor = {part: height for height, part in enumerate(FLOORS)}
    return [
        f"{name} imports {each.module}: that is upward, from {part_of(name)} to {part_of(each.module)}"
        for name, imports in sorted(found.items())
        for each in sorted(imports)
        if floor.get(part_of(each.module), 0) > floor.get(part_of(name), 0)
    ]


def _beside_schema(found: Graph) -> list[str]:
    return [
        f"{name} imports {each.module}: outside {ENGINE} only {SCHEMA} is known"
        for name, imports in sorted(found.items())
        if part_of(name) not in (KERNELS, ENGINE)
        for each in sorted(imports)
        if part_of(each.module) == KERNELS and each.module != SCHEMA
    ]


def _circular(found: Graph) -> list[str]:
    rings = circles({name: [each.module for each in imports] for name, imports in found.items()})
    between = circles({part: list(below) for part, below in picture(found).items()})
    return [f"a circle: {', '.join(ring)}" for ring in (*between, *rings)]


def loose(found: Graph) -> list[str]:
    """Return the modules of the simulator that lie in no package."""
    packages = {part_of(name) for name in found if name.count(".") > 1}
    return sorted(name for name in found if part_of(name) not in packages | {KERNELS})


def readers(files: Mapping[str, Path]) -> list[str]:
    """Return which modules look at the rows of starts and ends themselves, in words."""
    others = (name for name in files if name not in READERS and part_of(name) not in (KERNELS, ENGINE))
    return [
        f"{name}: {text} reads rows of the log; only {' and '.join(READERS)} do"
        for name in sorted(others)
        for text in _kinds_of_rows(ast.parse(files[name].read_text(encoding="utf-8")))
    ]


def _kinds_of_rows(tree: ast.AST) -> Iterator[str]:
    """Yield what names kinds of rows: their codes, and comparisons of a column `kind` with their names."""
    codes = {f"E_{kind.upper()}" for kind in KINDS}
    for node in ast.walk(tree):
        named = {getattr(node, field, None) for field in ("attr", "id", "name")} & codes
        if isinstance(node, ast.Attribute | ast.Name | ast.alias) and named:
            yield named.pop()
        elif isinstance(node, ast.Compare | ast.Call):
            constants = {part.value for part in ast.walk(node) if isinstance(part, ast.Constant)}
            if "kind" in constants and constants & set(KINDS):
                yield ast.unparse(node)


def _too_many(found: Graph, parts: Mapping[str, object]) -> list[str]:
    counts = ((len(parts), MAX_PARTS, "packages and modules"), (len(loose(found)), MAX_LOOSE, "loose modules"))
    return [f"{count} {what} at the top: at most {most} are expected" for count, most, what in counts if count > most]


def lines(folder: str) -> int:
    """Return the lines of all Python files of a folder of the project."""
    return sum(path.read_text(encoding="utf-8").count("\n") for path in (ROOT / folder).rglob("*.py"))


def _below(imports: Mapping[str, set[str]]) -> str:
    ordered = sorted(imports, key=lambda part: FLOORS.index(part) if part in FLOORS else -1, reverse=True)
    return " ".join(part + ("" if "" in imports[part] else MARKS[min(imports[part])]) for part in ordered)


def main() -> int:
    """Print packages, imports, counts and faults; return 1 if there are faults."""
    files = modules()
    found = graph(files)
    parts = picture(found)
    print("from the top floor down; ~ only inside functions or by name, ^ only for type checkers\n")
    for part in reversed([*(set(parts) - set(FLOORS)), *(part for part in FLOORS if part in parts)]):
        held = sum(part_of(name) == part for name in files)
        print(f"{part:<18} {held:>3} {'module ' if held == 1 else 'modules'}  {_below(parts[part])}")
    arrows = sum(len(below) for below in parts.values())
    print(f"\n{len(parts)} packages and modules at the top, {len(loose(found))} of them loose; {arrows} arrows")
    count = {folder: lines(folder) for folder in ("simulator", "kernels", "tests", "benchmarks")}
    print(", ".join(f"{folder} {number:,} lines" for folder, number in count.items()), end="; ")
    print(f"tests per line of simulator and kernels {count['tests'] / (count['simulator'] + count['kernels']):.2f}")
    wrong = [*faults(found), *readers(files)]
    print(*wrong, sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
