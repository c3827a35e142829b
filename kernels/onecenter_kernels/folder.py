"""The folder that keeps compiled kernels. What lies there is run as it is, so nobody else may write to it."""

import atexit
import os
import shutil
import stat
import tempfile
import warnings
from pathlib import Path
from typing import Final

#: Names a folder of the user's choice. It may be shared: whoever can write to it runs code as all who use it.
VARIABLE: Final = "ONECENTER_CACHE"

_OTHERS_WRITE: Final = stat.S_IWGRP | stat.S_IWOTH


def cache_folder(name: str) -> Path | None:
    """Return a folder of that name, made where it is missing; None: nowhere can it be made.

    It lies below `VARIABLE`, else in the user's folder of caches. Where that cannot be written or is not the user's
    alone, it lies in a private folder below the temporary one, which is said, and left to child processes.
    """
    chosen = os.environ.get(VARIABLE)
    wanted = Path(chosen).absolute() / "onecenter" if chosen else _of_user()
    if wanted is not None and (_shared(wanted / name) if chosen else _private(wanted, wanted / name)):
        return wanted / name
    told = f"no kernels can be kept in {wanted or 'a home folder, for there is none'}"
    root = _temporary()
    if root is None:
        warnings.warn(f"{told}, nor in a temporary folder: each run compiles them anew", stacklevel=2)
        return None
    warnings.warn(f"{told} ({VARIABLE} names another folder): they are kept in {root}", stacklevel=2)
    os.environ[VARIABLE] = str(root)
    return root / "onecenter" / name if _shared(root / "onecenter" / name) else None


def _of_user() -> Path | None:
    """Return the user's own folder of caches; None: the user has no home."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    try:
        root = Path(base) if os.path.isabs(base) else Path.home() / ".cache"
    except RuntimeError:
        return None
    return Path(os.path.realpath(root / "onecenter"))


def _temporary() -> Path | None:
    """Return a folder that is the user's alone, the same for each run; one for this run where that name is taken."""
    try:
        root = Path(tempfile.gettempdir()) / f"onecenter-{_user()}"
        if not _private(root):
            root = Path(tempfile.mkdtemp(prefix="onecenter-"))
            atexit.register(_remove, root, os.getpid())
    except OSError:
        return None
    return root


def _remove(folder: Path, process: int) -> None:
    if os.getpid() == process:  # no forked child
        shutil.rmtree(folder, ignore_errors=True)


def _shared(folder: Path) -> bool:
    """Whether the folder is there, or could be made, and can be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK | os.X_OK)


def _private(*folders: Path) -> bool:
    """Whether the folders, each in the one before, are there or could be made, and are the user's alone."""
    try:
        for folder in folders:
            folder.parent.mkdir(parents=True, exist_ok=True)
            folder.mkdir(mode=0o700, exist_ok=True)
            found = folder.lstat()  # not what a link leads to
            if not stat.S_ISDIR(found.st_mode) or (os.name == "posix" and not _alone(found)):
                return False
    except OSError:
        return False
    return os.access(folders[-1], os.W_OK | os.X_OK)


def _alone(found: os.stat_result) -> bool:
    return found.st_uid == _user() and not found.st_mode & _OTHERS_WRITE


def _user() -> int:
    return os.getuid() if hasattr(os, "getuid") else 0
