# SPDX-License-Identifier: Apache-2.0
"""Adds up JUnit reports, names what failed, and ends with `N passed, N failed`. A skipped test counts as failed."""

import argparse
import sys
from pathlib import Path
from xml.etree import ElementTree


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--also-failed", action="append", default=[], metavar="WHAT")
    parser.add_argument("folders", nargs="*", type=Path)
    arguments = parser.parse_args()

    passed, problems = 0, []
    for report in sorted(r for folder in arguments.folders for r in folder.glob("TEST-*.xml")):
        for case in ElementTree.parse(report).getroot().iter("testcase"):
            verdict = next((kind for kind in ("failure", "error", "skipped") if case.find(kind) is not None), None)
            if verdict is None:
                passed += 1
            else:
                problems.append(f"{verdict}: {case.get('classname')}.{case.get('name')}")
    # A build that fails with every test passed failed all the same, and so did one that ran none.
    if not problems:
        problems += arguments.also_failed or ([] if passed else ["no test ran"])

    for problem in problems:
        print(problem)
    print(f"{passed} passed, {len(problems)} failed")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
