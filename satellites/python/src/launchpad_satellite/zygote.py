# SPDX-License-Identifier: Apache-2.0
"""`python -m launchpad_satellite.zygote`: imports and warms everything once, then forks satellites.

Started by the broker (sandbox/BROKER.md). It has one thread and never serves; each satellite is a
fork that warms itself, speaks first and waits for its script.
"""

from __future__ import annotations

import ctypes
import gc
import os
import sys
from typing import NoReturn

from . import preload

# Before anything is imported that would start a thread or read them.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("JE_ARROW_MALLOC_CONF", "background_thread:false")
# Figures are bytes here: there is no display.
os.environ.setdefault("MPLBACKEND", "Agg")

# The size of the state of numpy's shared generator.
_MT19937_WORDS = 624

_FOR_THE_ZYGOTE = (preload.VARIABLE, "OPENBLAS_NUM_THREADS", "JE_ARROW_MALLOC_CONF")


class _Session(ctypes.Structure):
    """`struct lpz_session` of launchpad_zygote.h."""

    _fields_ = (
        ("slot", ctypes.c_uint64),
        ("generation", ctypes.c_uint64),
        ("uid", ctypes.c_uint32),
        ("gid", ctypes.c_uint32),
        ("work_folder", ctypes.c_char_p),
        ("environment", ctypes.POINTER(ctypes.c_char_p)),
    )


class _ArenaAllocator(ctypes.Structure):
    """`PyObjectArenaAllocator` of CPython's `pymem.h`."""

    _fields_ = (
        ("context", ctypes.c_void_p),
        ("allocate", ctypes.c_void_p),
        ("free", ctypes.c_void_p),
    )


class ZygoteLibrary:
    """liblaunchpad_zygote.so, called with the interpreter's lock held."""

    def __init__(self, path: str) -> None:
        self._library = library = ctypes.PyDLL(path)
        library.lpz_error.restype = ctypes.c_char_p
        library.lpz_settle_memory.restype = None
        library.lpz_serve.argtypes = [ctypes.POINTER(_Session)]
        library.lpz_set_fork_hooks.argtypes = [ctypes.c_void_p] * 3
        library.lpz_set_fork_hooks.restype = None

    def open(self) -> None:
        self._check(self._library.lpz_open())
        hooks = (
            ctypes.pythonapi.PyOS_BeforeFork,
            ctypes.pythonapi.PyOS_AfterFork_Parent,
            ctypes.pythonapi.PyOS_AfterFork_Child,
        )
        self._library.lpz_set_fork_hooks(*(ctypes.cast(hook, ctypes.c_void_p) for hook in hooks))

    def use_arenas(self) -> None:
        """What is imported from now on lies where forks copy little of it."""
        functions = (self._library.lpz_arena_allocate, self._library.lpz_arena_free)
        allocator = _ArenaAllocator(None, *(ctypes.cast(each, ctypes.c_void_p) for each in functions))
        ctypes.pythonapi.PyObject_SetArenaAllocator(ctypes.byref(allocator))

    def settle_memory(self) -> None:
        self._library.lpz_settle_memory()

    def ready(self) -> None:
        self._check(self._library.lpz_ready())

    def serve(self) -> list[str] | None:
        """Returns the environment of a new satellite in it, and None when the zygote is to exit."""
        session = _Session()
        if self._check(self._library.lpz_serve(ctypes.byref(session))) == 0:
            return None
        environment = []
        index = 0
        while (entry := session.environment[index]) is not None:
            environment.append(os.fsdecode(entry))
            index += 1
        return environment

    def _check(self, result: int) -> int:
        if result < 0:
            sys.exit(f"zygote: {os.fsdecode(self._library.lpz_error())}")
        return result


def main() -> NoReturn:
    library = ZygoteLibrary(os.environ["LAUNCHPAD_ZYGOTE_LIBRARY"])
    library.open()
    library.use_arenas()
    runtime = os.environ.get("LAUNCHPAD_RUNTIME", "python")
    try:
        _prepare()
    except preload.ThreadStarted as error:
        sys.exit(f"zygote: {error}")
    from .satellite import serve_split
    from .warmup import Play, warm_up, warm_up_zygote

    warm_up_zygote()
    gc.collect()
    library.settle_memory()
    # What is there now stays for ever: forks share it, and a collection must not touch it.
    gc.freeze()
    library.ready()
    environment = library.serve()
    if environment is None:
        os._exit(0)
    _become_satellite(environment)
    warm_up(Play.from_environment())
    serve_split(3, 4, runtime)


def _prepare() -> None:
    """Imports the package set in one thread."""
    import pyarrow

    pyarrow.set_cpu_count(1)
    pyarrow.set_io_thread_count(1)
    preload.import_all_without_threads()


def _become_satellite(environment: list[str]) -> None:
    """Makes a fork differ from its siblings, and forget that it was a zygote."""
    forget_zygote()
    for entry in environment:
        name, _, value = entry.partition("=")
        os.environ[name] = value
    use_processors()
    sys.argv[:] = [""]
    reseed()


def forget_zygote() -> None:
    """What was said to the zygote is nothing to its satellites' scripts."""
    for name in _FOR_THE_ZYGOTE:
        os.environ.pop(name, None)


def use_processors() -> None:
    """The zygote's pools were held to one thread; a satellite may use the processors it has."""
    import pyarrow

    pyarrow.set_cpu_count(min(len(os.sched_getaffinity(0)), os.cpu_count() or 1))


def reseed() -> None:
    """All forks of a zygote would draw the same numbers, names, ids and keys.

    What cannot be made anew is the seed of str's hash, which fixes the order of a set of strings
    (docs/THREAT_MODEL.md). Generators that packages other than numpy keep are theirs to seed.
    """
    import random
    import tempfile
    import uuid

    # random has seeded itself, since the interpreter was told of the fork.
    _reseed_numpy()
    tempfile.tempdir = None
    tempfile._name_sequence = None  # type: ignore[attr-defined]
    # The C library keeps its clock sequence and node for itself; without it uuid1 draws the one and takes ours for
    # the other, which is marked as no card's.
    uuid._generate_time_safe = None  # type: ignore[attr-defined]
    uuid._node = random.getrandbits(48) | 1 << 40  # type: ignore[attr-defined]
    uuid._last_timestamp = None  # type: ignore[attr-defined]
    process = sys.modules.get("multiprocessing.process")
    if process is not None:
        # Whoever has the key may send pickled code to a manager or listener of the process.
        process.current_process().authkey = os.urandom(32)


def _reseed_numpy() -> None:
    """As `numpy.random.seed()`, which touches three times as many pages."""
    import numpy

    generator = numpy.random.get_bit_generator()
    if isinstance(generator, numpy.random.MT19937):
        key = numpy.frombuffer(os.urandom(4 * _MT19937_WORDS), numpy.uint32)
        numpy.random.set_state(("MT19937", key, _MT19937_WORDS, 0, 0.0))
    else:
        # A package has chosen another one.
        numpy.random.set_bit_generator(type(generator)())


if __name__ == "__main__":
    main()
