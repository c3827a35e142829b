"""Comparisons as Markdown: each table of the terminal, with the same cells; each line a paragraph."""

from pathlib import Path

import pytest

from onecenter.cli.main import main

LOG = "job_id,submission_time,duration,num_gpu\n" + "".join(
    f"{number},{60 * number},{40 * (number % 7 + 1)},1\n" for number in range(60)
)

ASKED = {
    "sides": ["compare", "tiny", "--policies", "fifo,easy"],
    "pairs": ["compare", "mm-c", "--policies", "fifo,sjf", "--replications", "2", "--workers", "1",
              "--set", "time.horizon=6 h", "--set", "time.warmup=1 ms"],
    "windows": ["compare", "{log}", "--policies", "fifo,sjf-easy", "--windows", "5", "--nodes", "1x2",
                "--workers", "1"],
}  # fmt: skip


@pytest.fixture(params=ASKED)
def asked(request: pytest.FixtureRequest, tmp_path: Path) -> list[str]:
    """Return a comparison of one kind."""
    log = tmp_path / "log.csv"
    log.write_text(LOG)
    return [part.format(log=log) for part in ASKED[request.param]]


def test_a_comparison_as_markdown(asked: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(asked) == 0
    plain = capsys.readouterr().out
    assert main([*asked, "--markdown"]) == 0
    page = capsys.readouterr()
    tables = [part.splitlines() for part in page.out.split("\n\n") if part.lstrip().startswith("|")]
    assert len(tables) == 2
    for table in tables:
        assert set(table[1]) <= set("|-: ")
        assert len({line.count("|") for line in table}) == 1
        for line in (table[0], *table[2:]):
            assert all(word in plain for cell in line.strip("|").split("|") for word in cell.split())
    assert "\x1b" not in page.out
    assert len(page.out.split("\n\n")) >= 4


def test_one_of_json_and_markdown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "tiny", "--json", "--markdown"]) == 2
    assert "not allowed with" in capsys.readouterr().err
