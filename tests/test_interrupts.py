"""Signals that come where an interrupt would do harm."""

import importlib
import signal
import sys
from concurrent.futures import Future, wait
from threading import Condition
from typing import Any

import pytest

from onecenter.cli.interrupts import Interrupted, interruptible


class Signalling:
    """The condition of a future; a signal comes each time when it is taken, or given back."""

    def __init__(self, condition: Condition, when: str) -> None:
        self.condition, self.when = condition, when

    def __getattr__(self, name: str) -> Any:
        called = getattr(self.condition, name)
        if name != self.when:
            return called

        def then_signal() -> Any:
            found = called()
            signal.raise_signal(signal.SIGTERM)
            return found

        return then_signal

    def __enter__(self) -> Any:
        return self.condition.__enter__()

    def __exit__(self, *how: Any) -> None:
        self.condition.__exit__(*how)


def owned(future: "Future[int]") -> bool:
    """Whether this thread holds the lock of a future."""
    return future._condition.condition._is_owned()  # type: ignore[attr-defined, no-any-return]


@pytest.mark.parametrize("when", ["acquire", "release"])
def test_no_lock_is_kept_by_a_wait_that_is_broken_off(when: str) -> None:
    futures = [Future[int]() for _ in range(3)]
    for future in futures:
        future._condition = Signalling(future._condition, when)  # type: ignore[assignment]
    with pytest.raises(Interrupted), interruptible():
        wait(futures, timeout=1)
    assert not any(owned(future) for future in futures)


class Signals:
    """A finder of modules that finds nothing; a signal comes while it looks."""

    def __init__(self) -> None:
        self.looked = False

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:
        """Find no module."""
        signal.raise_signal(signal.SIGTERM)
        self.looked = True


def import_and_wait(name: str) -> None:
    """Import a module that is not there, and wait for a signal."""
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module(name)
    signal.pause()


def test_an_import_is_not_broken_off(monkeypatch: pytest.MonkeyPatch) -> None:
    finder = Signals()
    monkeypatch.setattr(sys, "meta_path", [finder])
    with pytest.raises(Interrupted), interruptible():
        import_and_wait("onecenter_is_no_such_module")
    assert finder.looked


def signal_and_note(done: list[str]) -> None:
    """Send the signal, then note that nothing was raised."""
    signal.raise_signal(signal.SIGTERM)
    done.append("not interrupted")


def test_elsewhere_it_comes_at_once() -> None:
    done: list[str] = []
    with pytest.raises(Interrupted), interruptible() as came:
        signal_and_note(done)
    assert came == [signal.SIGTERM] and not done
