# SPDX-License-Identifier: Apache-2.0
"""Run by a runtime's own interpreter: whether it holds exactly the packages of its lock file.

Ends with what is wrong as its last line, and a status other than 0.
"""

import re
import sys
from importlib.metadata import PackageNotFoundError, distributions, version
from pathlib import Path

_LOCKED = re.compile(
    r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^]]*\])?==([^ ;\\]+)[ ]*(;?)", re.MULTILINE
)


def normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def problem(lock_file: Path) -> str | None:
    locked: dict[str, set[str]] = {}
    everywhere = set()
    for name, wanted, condition in _LOCKED.findall(lock_file.read_text()):
        locked.setdefault(normalized(name), set()).add(wanted)
        if not condition:
            everywhere.add(normalized(name))
    for name, versions in locked.items():
        # With a condition, there may be a version for each Python, or none for this one.
        wanted = " or ".join(sorted(versions))
        try:
            found = version(name)
        except PackageNotFoundError:
            if name in everywhere:
                return f"{name} {wanted} is missing"
            continue
        if found not in versions:
            return f"{name} is {found}, locked is {wanted}"
    more = sorted({normalized(d.name) for d in distributions()} - locked.keys())
    return f"{more[0]} is installed and not in the lock file" if more else None


if __name__ == "__main__":
    found = problem(Path(sys.argv[1]))
    if found is not None:
        print(found)
        sys.exit(1)
