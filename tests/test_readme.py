"""README.md, README.zh.md and pages of docs can be followed: what they show is run, what they print compared."""

import re
import shlex
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from pages import ROOT, Block, blocks

from onecenter.cli.main import main, parser

PAGES = (
    "README.md", "README.zh.md", "docs/how-to.md", "docs/import.md", "docs/key.md", "docs/scheduler.md",
    "docs/score.md", "docs/suite.md",
)  # fmt: skip
OTHERS = (
    "CONTRIBUTING.md", "CHANGELOG.md", "docs/mechanisms.md", "docs/performance.md", "docs/tiny.md",
    "docs/conformance-kueue.md",
    "docs/conformance-slurm.md",
)  # fmt: skip

#: Blocks that name a file behind their language are written to it.
TEXTS = ("text", "toml")

#: Scenarios whose figures are sampled, so that their last digits differ between machines.
SAMPLED = ("mm-c", "changsha", "changsha-eighth")

Command = tuple[str, list[str]]


@pytest.mark.parametrize("page", PAGES)
def test_the_page_can_be_followed(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Files are written, commands and programs are run in order, and print what the page shows."""
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    printed, done = "", 0
    for block in blocks(page, "console", "python", "output", *TEXTS):
        match block.info:
            case ("console",):
                done += follow_commands(block, capfd)
            case ("python",):
                printed, done = run_program(block, names), done + 1
            case ("output",):
                assert printed.splitlines() == list(block.lines), str(block)
            case (_, name):
                Path(name).write_text("\n".join(block.lines) + "\n", encoding="utf-8")
    assert done > 0, f"{page}: nothing was run"


def run_program(block: Block, names: dict[str, Any]) -> str:
    """Run a program of a page, in the names of those before it, and return what it prints."""
    out = StringIO()
    with redirect_stdout(out):
        exec(compile("\n".join(block.lines), str(block), "exec"), names)
    close_figures()
    return out.getvalue()


def close_figures() -> None:
    """Close what programs have drawn."""
    import sys

    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


def commands(block: Block) -> Iterator[Command]:
    """Yield the commands of a console block, each with the lines shown below it."""
    found: list[Command] = []
    for line in block.lines:
        if line.startswith("$ "):
            found.append((line[2:], []))
        else:
            assert found, f"{block}: {line!r} stands before the first command"
            found[-1][1].append(line)
    yield from found


def follow_commands(block: Block, capfd: pytest.CaptureFixture[str]) -> int:
    """Run the commands `onecenter` of a block; return how many. A line `$ echo $?` shows the exit status expected."""
    listed, done = list(commands(block)), 0
    for number, (text, shown) in enumerate(listed):
        words = shlex.split(text, comments=True)
        if words[0] != "onecenter":
            assert words[0] in {"echo", "make", "python3"} or words[0].startswith(".venv/bin/"), f"{block}: {text}"
            continue
        if needs_a_file(words):
            parser().parse_args(words[1:])
            continue
        after = listed[number + 1] if number + 1 < len(listed) else ("", [])
        expected = int(after[1][0]) if after[0] == "echo $?" else 0
        capfd.readouterr()
        status, printed = main(words[1:]), "".join(capfd.readouterr())
        assert status == expected, f"{block}: {text}\n{printed}"
        assert_shown(f"{block}: {text}", shown, printed, sampled=any(word in SAMPLED for word in words))
        done += 1
    return done


def needs_a_file(words: Sequence[str]) -> bool:
    """Tell whether a command reads a file of the reader's own."""
    made = words[words.index("--to") + 1] if words[1] == "scenario" and "--to" in words else ""
    files = [word for word in words if re.search(r"\.(gz|swf|csv|toml|parquet)$", word) and word != made]
    return any(not Path(word).exists() for word in files)


def assert_shown(what: str, shown: Sequence[str], printed: str, *, sampled: bool) -> None:
    """Every line shown is printed, in this order; a line of dots stands for any others."""
    lines = iter(printed.splitlines())
    for line in shown:
        if line.strip() not in {"…", ""}:
            assert any(alike(line, found, sampled) for found in lines), f"{what}: {line!r} is not in\n{printed}"


def alike(shown: str, found: str, sampled: bool) -> bool:
    """Tell whether two lines say the same: blanks and the seconds of a run aside; sampled figures within 20 %."""
    one, other = (re.sub(r"in [\d.]+ s$", "in # s", " ".join(line.split())) for line in (shown, found))
    if one == other or not sampled:
        return one == other
    figure = r"(?<![\w.])[\d,]+(?:\.\d+)?(?![\w-])"
    if re.sub(figure, "#", one) != re.sub(figure, "#", other):
        return False
    pairs = zip(*(re.findall(figure, line) for line in (one, other)), strict=True)
    return all(float(a.replace(",", "")) == pytest.approx(float(b.replace(",", "")), rel=0.2) for a, b in pairs)


@pytest.mark.parametrize("page", [*PAGES, *OTHERS])
def test_links_lead_somewhere(page: str) -> None:
    """Files and headings that a page links to are there."""
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" in target:
            continue
        name, _, anchor = target.partition("#")
        file = (ROOT / page).parent / name if name else ROOT / page
        assert file.exists(), f"{page}: {target}"
        assert not anchor or anchor in anchors(file), f"{page}: {target}"


def anchors(file: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", file.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_both_readmes_show_the_same_commands() -> None:
    """The Chinese page is no other product."""

    def shown(page: str) -> list[str]:
        return [command.split("  #")[0] for block in blocks(page, "console") for command, _ in commands(block)]

    assert shown("README.md") == shown("README.zh.md")
