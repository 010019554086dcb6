# SPDX-License-Identifier: Apache-2.0
"""What a zygote does in Python. Its native side is tested with the broker.

A zygote changes its whole process, so each test asks one of its own.
"""

from __future__ import annotations

import ctypes
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import SOURCES

from launchpad_satellite.zygote import ZygoteLibrary


def answer(script: str, **environment: str) -> Any:
    """What a script prints as JSON in an interpreter of its own."""
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={"PYTHONPATH": str(SOURCES), "PATH": "/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def test_reseed_givesEachForkItsOwnNumbersNamesIdsAndKeys() -> None:
    drawn = answer("""
import json, multiprocessing, os, random, secrets, sys, tempfile, uuid
import numpy
from launchpad_satellite import zygote

def draw():
    one, two = uuid.uuid1(), uuid.uuid1()
    assert one != two and one.node == two.node
    return [
        random.random(), random.Random().random(), numpy.random.rand(), numpy.random.default_rng().random(),
        next(tempfile._get_candidate_names()), str(uuid.uuid4()), str(one), one.node, secrets.token_hex(),
        bytes(multiprocessing.current_process().authkey).hex(),
    ]

draw()
draws = []
for _ in range(3):
    here, there = os.pipe()
    if os.fork() == 0:
        zygote.reseed()
        os.write(there, json.dumps(draw()).encode())
        os._exit(0)
    os.wait()
    draws.append(json.loads(os.read(here, 4096)))
json.dump(draws, sys.stdout)
""")
    for values in zip(*drawn, strict=True):
        assert len(set(values)) == 3


@pytest.mark.parametrize("generator", ["MT19937", "PCG64"])
def test_reseed_whatAPackageHasMadeOfNumpysGenerator_isNotShared(generator: str) -> None:
    drawn = answer(f"""
import json, os, sys
import numpy
from launchpad_satellite import zygote

numpy.random.set_bit_generator(numpy.random.{generator}())
numpy.random.normal()  # the second of a pair waits to be drawn
draws = []
for _ in range(3):
    here, there = os.pipe()
    if os.fork() == 0:
        zygote.reseed()
        os.write(there, json.dumps(numpy.random.normal()).encode())
        os._exit(0)
    os.wait()
    draws.append(json.loads(os.read(here, 4096)))
json.dump(draws, sys.stdout)
""")
    assert len(set(drawn)) == 3


def test_satellite_hasItsOwnEnvironment_notTheZygotes() -> None:
    environment, arguments = answer(
        """
import json, os, sys
from launchpad_satellite import zygote
sys.argv[:] = ["zygote", "argument"]
zygote._become_satellite(["HOME=/tmp/one", "EQUATION=a=b", "EMPTY="])
json.dump([dict(os.environ), sys.argv], sys.stdout)
""",
        LAUNCHPAD_PRELOAD="json",
        HOME="/tmp/zygote",
    )
    assert environment["HOME"] == "/tmp/one"
    assert environment["EQUATION"] == "a=b"
    assert environment["EMPTY"] == ""
    assert "LAUNCHPAD_PRELOAD" not in environment
    # Set by the zygote's module for itself.
    assert "OPENBLAS_NUM_THREADS" not in environment
    assert "JE_ARROW_MALLOC_CONF" not in environment
    assert arguments == [""]


def test_prepare_importsWhatIsAskedForInOneThread() -> None:
    before, loaded, threads = answer(
        """
import json, os, sys
from launchpad_satellite import zygote
before = "sqlite3" in sys.modules
zygote._prepare()
json.dump([before, "sqlite3" in sys.modules, len(os.listdir("/proc/self/task"))], sys.stdout)
""",
        LAUNCHPAD_PRELOAD="sqlite3,",
    )
    assert (before, loaded) == (False, True)
    assert threads == 1


def thread_error(tmp_path: Path, preload: str) -> str:
    """What a zygote says that cannot import its packages in one thread."""
    failure = subprocess.run(
        [sys.executable, "-c", "from launchpad_satellite import zygote; zygote._prepare()"],
        env={
            "PYTHONPATH": f"{SOURCES}:{tmp_path}",
            "PATH": "/usr/bin:/bin",
            "LAUNCHPAD_PRELOAD": preload,
            "LAUNCHPAD_RUNTIME": "ml",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert failure.returncode != 0
    return failure.stderr


THREAD = "import threading, time\nthreading.Thread(target=time.sleep, args=(3600,), daemon=True).start()\n"


@pytest.mark.parametrize(
    "statement",
    ["from . import worker", "from .worker import threading", "import busy.worker", "import importlib, busy.worker as w"],
)
def test_prepare_namesTheImportThatStartedAThread(tmp_path: Path, statement: str) -> None:
    (tmp_path / "busy").mkdir()
    (tmp_path / "busy" / "__init__.py").write_text(f"import json\n{statement}\nimport csv\n")
    (tmp_path / "busy" / "worker.py").write_text(f"import wave\n{THREAD}")
    said = thread_error(tmp_path, "json,busy,sqlite3")
    assert "importing busy.worker started a thread" in said
    assert "runtime.ml.imports" in said
    assert "runtime.ml.start = exec" in said


def test_prepare_namesAModuleThatIsAskedForAndStartsAThreadItself(tmp_path: Path) -> None:
    (tmp_path / "lonely.py").write_text(THREAD)
    assert "importing lonely started a thread" in thread_error(tmp_path, "lonely,json")


def test_prepare_doesNotMindAThreadThatHasEnded(tmp_path: Path) -> None:
    (tmp_path / "brief.py").write_text(
        "import threading\nthread = threading.Thread(target=int)\nthread.start()\nthread.join()\n"
    )
    loaded, restored = answer(
        """
import builtins, json, sys
from launchpad_satellite import zygote
before = builtins.__import__
zygote._prepare()
json.dump(["brief" in sys.modules, builtins.__import__ is before], sys.stdout)
""",
        LAUNCHPAD_PRELOAD="brief",
        PYTHONPATH=f"{SOURCES}:{tmp_path}",
    )
    assert (loaded, restored) == (True, True)


def test_freeze_keepsACollectionFromCopyingTheHeap() -> None:
    frozen, thawed = answer("""
import gc, json, os, sys
from launchpad_satellite import zygote
zygote._prepare()

def copied():
    # What a collection makes a fork's own, in KiB.
    here, there = os.pipe()
    if os.fork() == 0:
        def own():
            with open("/proc/self/smaps_rollup") as file:
                return sum(int(line.split()[1]) for line in file if line.startswith("Private_Dirty"))
        before = own()
        gc.collect()
        os.write(there, str(own() - before).encode())
        os._exit(0)
    os.wait()
    return int(os.read(here, 100))

gc.collect()
thawed = copied()
gc.freeze()
json.dump([copied(), thawed], sys.stdout)
""")
    assert frozen < 2048
    assert thawed > 4 * frozen


def test_prepare_namesThePackageThatIsMissing() -> None:
    with pytest.raises(subprocess.CalledProcessError) as failure:
        answer(
            "from launchpad_satellite import zygote\nzygote._prepare()",
            LAUNCHPAD_PRELOAD="no_such_package",
        )
    assert "No module named 'no_such_package'" in failure.value.stderr


class FakeLibrary:
    """The native library as far as `ZygoteLibrary` uses it."""

    def __init__(self, result: int, environment: tuple[bytes, ...] = ()) -> None:
        self._result = result
        self._environment = (ctypes.c_char_p * (len(environment) + 1))(*environment, None)

    def lpz_serve(self, session: Any) -> int:
        session._obj.environment = self._environment
        return self._result

    def lpz_ready(self) -> int:
        return self._result

    def lpz_error(self) -> bytes:
        return b"the broker has gone"


def library(fake: FakeLibrary) -> ZygoteLibrary:
    made = ZygoteLibrary.__new__(ZygoteLibrary)
    made._library = fake
    return made


def test_serve_givesAForkItsEnvironment() -> None:
    entries = (b"HOME=/tmp/one", "NAME=ä".encode())
    assert library(FakeLibrary(1, entries)).serve() == ["HOME=/tmp/one", "NAME=ä"]


def test_serve_givesNothingWhenTheZygoteIsToExit() -> None:
    assert library(FakeLibrary(0, (b"A=b",))).serve() is None


def test_failedNativeCall_endsTheZygoteWithItsReason() -> None:
    with pytest.raises(SystemExit, match="zygote: the broker has gone"):
        library(FakeLibrary(-1)).ready()
