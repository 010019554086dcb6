# SPDX-License-Identifier: Apache-2.0
"""Imports what a runtime is to have at hand, and finds the import that starts a thread.

A process with threads cannot be forked, so one import that leaves a thread behind makes a zygote
useless; whoever configured it must learn which.
"""

from __future__ import annotations

import builtins
import importlib
import importlib.util
import os
import sys
import time
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any

# Imported besides what every satellite needs, when they are installed: sklearn.linear_model,matplotlib.pyplot
VARIABLE = "LAUNCHPAD_PRELOAD"

_ALWAYS = ("numpy", "pandas")
# Modules whose state each satellite has of its own, and what scripts import most.
_STANDARD = ("uuid", "random", "tempfile", "decimal", "pickle", "io", "json")

_TASKS = "/proc/self/task"
_MOMENT_MS = 200


class ThreadStarted(Exception):
    """An import left a thread behind."""


def import_all() -> None:
    """Imports the package set."""
    for name in _names():
        importlib.import_module(name)


def import_all_without_threads() -> None:
    """Imports the package set, and raises ThreadStarted when that leaves a second thread."""
    with _Watch() as watch:
        for name in _names():
            watch.import_module(name)
    if not _is_alone():
        raise ThreadStarted(_explain(watch.culprit))


def _names() -> list[str]:
    asked = [name for name in os.environ.get(VARIABLE, "").split(",") if name]
    return [*_ALWAYS, *asked, *_STANDARD]


def _threads() -> int:
    # The folder has a link for itself, one from above, and one from each thread's folder.
    return os.stat(_TASKS).st_nlink - 2


def _is_alone() -> bool:
    """Whether there is one thread; one that has been joined may need a moment to be gone."""
    for _ in range(_MOMENT_MS):
        if _threads() == 1:
            return True
        time.sleep(0.001)
    return False


def _explain(culprit: str | None) -> str:
    runtime = os.environ.get("LAUNCHPAD_RUNTIME", "NAME")
    names = []
    for thread in os.listdir(_TASKS):
        with open(f"{_TASKS}/{thread}/comm") as file:
            names.append(file.read().strip())
    return (
        f"importing {culprit or 'its packages'} started a thread, and a process with threads cannot be forked "
        f"(threads now: {', '.join(names)}). Take it out of runtime.{runtime}.imports, so that scripts import "
        f"it themselves, or set runtime.{runtime}.start = exec"
    )


class _Watch:
    """Looks after each import that loads something; the first one after which there is a second thread is it."""

    def __init__(self) -> None:
        self.culprit: str | None = None
        self._import = builtins.__import__

    def __enter__(self) -> _Watch:
        builtins.__import__ = self._watched
        return self

    def __exit__(self, *_error: object) -> None:
        builtins.__import__ = self._import

    def import_module(self, name: str) -> None:
        importlib.import_module(name)
        self._look(name)

    def _watched(
        self,
        name: str,
        globals: Mapping[str, Any] | None = None,
        locals: Mapping[str, Any] | None = None,
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> ModuleType:
        known = len(sys.modules)
        module = self._import(name, globals, locals, fromlist or (), level)
        if len(sys.modules) != known:
            package = (globals or {}).get("__package__") if level else None
            imported = importlib.util.resolve_name("." * level + name, package) if package else name
            loaded = [f"{imported}.{item}" for item in fromlist or () if f"{imported}.{item}" in sys.modules]
            self._look(loaded[-1] if loaded else imported)
        return module

    def _look(self, name: str) -> None:
        if self.culprit is None and _threads() > 1:
            self.culprit = name
