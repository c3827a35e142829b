"""The peers, and an environment of its own for each that is not a dependency of the project."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.ratios import Say


@dataclass(frozen=True)
class Peer:
    """Another simulator.

    Attributes
    ----------
    name : str
        How it is called.
    package, version : str
        What pip installs; no version: whichever the project has.
    only_one_core : bool
        Whether it knows only jobs of one core, in order of submission.
    """

    name: str
    package: str
    version: str = ""
    only_one_core: bool = False


PEERS: Final = (
    Peer("AccaSim", "accasim", "1.1.3"),
    Peer("SimPy", "simpy", only_one_core=True),
    Peer("Ciw", "ciw", "3.2.7", only_one_core=True),
)


def python_of(peer: Peer, folder: Path, say: Say) -> Path | None:
    """Return the Python that has a peer, installed below a folder unless it is there; None where it cannot be had."""
    if not peer.version:
        return Path(sys.executable)
    home, asked = folder / peer.package, f"{peer.package}=={peer.version}"
    python = home / "bin" / "python"
    found = f"import importlib.metadata as m; assert m.version({peer.package!r}) == {peer.version!r}"
    if python.exists() and not _mistake([str(python), "-c", found]):
        return python
    say(f"{peer.name}: installing {asked}")
    for command in ([sys.executable, "-m", "venv", str(home)], [str(python), "-m", "pip", "install", asked]):
        mistake = _mistake(command)
        if mistake:
            remedy = f"install {asked} into a virtual environment DIR/{peer.package} and give --work DIR"
            say(f"{peer.name} is not installed: {mistake}; {remedy}")
            return None
    return python


def _mistake(command: list[str]) -> str:
    """Run a command; return the last line that it says of its failure, "" if it succeeds."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return ""
    return ((done.stderr or done.stdout).strip().splitlines() or [f"exit status {done.returncode}"])[-1]
