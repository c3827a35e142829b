"""Cases of processes: workers end with their parent, and a forked child is refused."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import onecenter as oc
from onecenter.cli.main import main
from onecenter.experiments.executors import local

# Newer versions of Python warn of any fork beside threads.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

#: Longer than any test waits (s).
LONG = 60


def write_twice(folder: Path, seconds: float) -> None:
    """Write a file at once, and one after a while."""
    (folder / "begun").write_text("at once")
    time.sleep(seconds)
    (folder / "late").write_text("later")


@pytest.mark.case("7.2")
def test_workers_end_at_once_where_the_block_raises(tmp_path: Path) -> None:
    def interrupted() -> None:
        with local(1) as workers:
            workers.submit(write_twice, tmp_path, 2)
            while not (tmp_path / "begun").exists():
                time.sleep(0.01)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not (tmp_path / "late").exists()


PARENT = f"""
import os, time
from onecenter.experiments.executors import local
with local(2) as workers:
    workers.submit(os.getpid).result()
    late = [workers.submit(time.sleep, {LONG}) for _ in range(2)]
    print("ready", flush=True)
    late[0].result()
"""


@pytest.mark.case("7.2")
@pytest.mark.slow
def test_workers_end_with_a_parent_that_is_killed() -> None:
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "start_new_session": True}
    with subprocess.Popen([sys.executable, "-c", PARENT], **pipes) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"ready\n"
        parent.kill()
        try:
            # The pipes end when the last process that holds them has ended.
            rest, _ = parent.communicate(timeout=LONG / 3)
        except subprocess.TimeoutExpired:
            os.killpg(parent.pid, 9)
            raise
    assert rest == b""


ANSWERING = """
from concurrent.futures import FIRST_COMPLETED, wait
from onecenter.experiments.executors import local
try:
    with local(2) as workers:
        wait([workers.submit(bytes, 60_000_000) for _ in range(12)], return_when=FIRST_COMPLETED)
        raise KeyboardInterrupt
except KeyboardInterrupt:
    print("ended")
"""


@pytest.mark.slow
def test_workers_may_end_amid_an_answer() -> None:
    done = subprocess.run([sys.executable, "-c", ANSWERING], capture_output=True, timeout=LONG, check=True)
    assert done.stdout == b"ended\n"


# ---- a forked child


def in_a_fork(call: Callable[[], Any]) -> str:
    """Return how a call ends in a forked child: its error, "fine", or "hangs"."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            call()
            text = "fine"
        except BaseException as error:
            text = f"{type(error).__name__}: {error}"
        os.write(write, text.encode())
        os._exit(0)
    os.close(write)
    deadline = time.monotonic() + 5
    while os.waitpid(child, os.WNOHANG) == (0, 0):
        if time.monotonic() > deadline:
            os.kill(child, 9)
            os.waitpid(child, 0)
            return "hangs"
        time.sleep(0.01)
    with os.fdopen(read) as stream:
        return stream.read()


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a saved run: saving it has started the threads of polars."""
    return oc.run("tiny").save(tmp_path_factory.mktemp("fork") / "tiny.parquet")


DOORS: dict[str, Callable[[Path], Any]] = {
    "run": lambda _: oc.run("tiny"),
    "replicate": lambda _: oc.replicate("mm-c", 2),
    "compare": lambda _: oc.compare(["fifo", "easy"], "mm-c", n=2),
    "plan": lambda _: oc.plan("mm-c", {"center.nodes.server.count": (6, 12)}),
    "sweep": lambda _: oc.sweep("mm-c", {"center.nodes.server.count": [6, 8]}),
    "load": oc.Result.load,
}


@pytest.mark.case("7.8")
@pytest.mark.parametrize("door", DOORS)
def test_a_forked_child_is_refused(door: str, saved: Path) -> None:
    found = in_a_fork(lambda: DOORS[door](saved))
    assert found.startswith("OnecenterError: onecenter: this process was forked")
    assert "get_context('spawn')" in found


@pytest.mark.case("7.8")
@pytest.mark.parametrize("part", ["jobs", "log", "series", "plot"])
def test_tables_and_pictures_are_refused_in_a_forked_child(part: str, saved: Path) -> None:
    result = oc.Result.load(saved)
    assert "this process was forked" in in_a_fork(lambda: getattr(result, part))


@pytest.mark.case("7.8")
def test_the_command_line_is_refused_in_a_forked_child(saved: Path) -> None:
    def command() -> None:
        raise ValueError(main(["run", "tiny"]))

    assert in_a_fork(command) == "ValueError: 2"


@pytest.mark.slow
def test_a_child_that_was_forked_before_any_run_runs(tmp_path: Path) -> None:
    code = (
        "import os, sys\nimport onecenter as oc\noc.run\n"
        "if os.fork() == 0:\n    oc.run('tiny').save(sys.argv[1])\n    os._exit(0)\n"
        "sys.exit(os.waitstatus_to_exitcode(os.wait()[1]))"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "tiny.parquet")], check=True)
    assert oc.Result.load(tmp_path / "tiny.parquet").window.warmup == 0
