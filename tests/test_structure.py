"""Imports go down, there are no circles, only the engine knows the kernels, and only segments the starts and ends."""

from pathlib import Path

import pytest
import structure
from structure import Graph, Import


@pytest.fixture(scope="module")
def found() -> Graph:
    return structure.graph(structure.modules())


def with_import(found: Graph, module: str, imported: str, where: str = "") -> Graph:
    return {**found, module: found.get(module, frozenset()) | {Import(imported, where)}}


def test_nothing_breaks_the_rules(found: Graph) -> None:
    assert structure.faults(found) == []


def test_all_modules_are_looked_at(found: Graph) -> None:
    assert {"onecenter", "onecenter.errors", "onecenter.cli.main", "onecenter_kernels.step"} < set(found)
    assert Import("onecenter.cli.main") in found["onecenter.__main__"]
    assert Import("onecenter.scenario.reference", "function") in found["onecenter.cli.scenarios"]
    assert Import("onecenter.simulation.running", "function") in found["onecenter"]
    assert Import("onecenter_kernels.codes") in found["onecenter_kernels.schema"]
    assert len(structure.loose(found)) <= structure.MAX_LOOSE


@pytest.mark.parametrize("where", ["", "function", "types"])
def test_an_import_upward_is_found(found: Graph, where: str) -> None:
    wrong = structure.faults(with_import(found, "onecenter.units", "onecenter.plot.style", where))
    assert "onecenter.units imports onecenter.plot.style: that is upward, from units to plot" in wrong


def test_circles_are_found_between_packages_and_inside_one(found: Graph) -> None:
    wrong = structure.faults(with_import(found, "onecenter.simulation.record", "onecenter.simulation.store"))
    assert len(wrong) == 1
    assert "onecenter.simulation.record, onecenter.simulation.store" in wrong[0]
    wrong = structure.faults(with_import(found, "onecenter.plot.style", "onecenter.report.svg"))
    assert any(one.startswith("a circle: ") and {"plot", "report"} <= set(one[10:].split(", ")) for one in wrong)


def test_a_look_into_the_kernels_is_found(found: Graph) -> None:
    wrong = structure.faults(with_import(found, "onecenter.results.log", "onecenter_kernels.step"))
    assert any("results.log imports onecenter_kernels.step" in one for one in wrong)
    assert structure.faults(with_import(found, "onecenter.engine.core", "onecenter_kernels.step")) == []


def test_a_package_without_a_floor_and_one_too_many_are_found(found: Graph) -> None:
    more = {f"onecenter.loose{number}": frozenset[Import]() for number in range(structure.MAX_PARTS)}
    wrong = structure.faults({**found, **more})
    assert any(one.startswith("loose3: it has no floor") for one in wrong)
    assert any("packages and modules at the top" in one for one in wrong)
    assert any("loose modules at the top" in one for one in wrong)


def test_relative_imports_and_those_in_branches_are_read(tmp_path: Path) -> None:
    (tmp_path / "b.py").write_text("try:\n    from . import c\nexcept ImportError:\n    from .. import d\n")
    files = {name: tmp_path / "b.py" for name in ("top.a.b", "top.a.c", "top.d")}
    assert structure.graph(files)["top.a.b"] == {Import("top.a.c"), Import("top.d")}


def test_the_script_prints_each_package_with_what_it_imports(capsys: pytest.CaptureFixture[str]) -> None:
    assert structure.main() == 0
    printed = {line.split()[0]: line.split()[3:] for line in capsys.readouterr().out.splitlines() if "module" in line}
    assert printed["engine"] == ["workload", "system", "policies", "fleet", "units", "errors", "onecenter_kernels"]


def test_only_segments_and_the_log_know_the_kinds_of_its_rows() -> None:
    assert structure.readers(structure.modules()) == []


@pytest.mark.parametrize(
    "text",
    [
        "from onecenter_kernels import schema\nstarts = log['kind'] == schema.E_START\n",
        "from onecenter_kernels.schema import E_REQUEUE\n",
        "starts = log.filter(pl.col('kind') == 'start')\n",
        "starts = log.filter(pl.col('kind').is_in(['end', 'kill']))\n",
    ],
)
def test_a_reader_of_starts_or_ends_is_found(text: str, tmp_path: Path) -> None:
    (tmp_path / "gantt.py").write_text(text)
    path = tmp_path / "gantt.py"
    assert structure.readers({"onecenter.plot.gantt": path})[0].startswith("onecenter.plot.gantt: ")
    assert structure.readers({"onecenter.results.segments": path, "onecenter.engine.core": path}) == []
