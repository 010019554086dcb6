# SPDX-License-Identifier: Apache-2.0
"""Which limit an error is said to come from."""

from __future__ import annotations

import errno
import os
import resource
from pathlib import Path

import pytest

from launchpad_satellite import soft_limits
from launchpad_satellite.soft_limits import met_by
from launchpad_satellite.traceback_model import script_error


def test_too_many_open_files_is_a_limit_with_its_value() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    files: list[int] = []
    resource.setrlimit(resource.RLIMIT_NOFILE, (100, hard))
    try:
        with pytest.raises(OSError) as caught:
            while True:
                files.append(os.dup(0))
        hit = script_error(caught.value).limit
    finally:
        for file in files:
            os.close(file)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert (hit.name, hit.value, hit.usage) == ("open files", 100, 100)


def test_a_full_scratch_folder_is_a_limit_of_bytes_or_of_files(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    full = OSError(errno.ENOSPC, "no space")
    assert met_by(full, str(tmp_path)) is None, "the disk of the host has no limit of ours"
    monkeypatch.setattr(soft_limits.os.path, "ismount", lambda path: path == str(tmp_path.parent))
    use = list(os.statvfs(tmp_path))
    use[1], use[2], use[3] = 4096, 256, 56  # the size of a block, all, free
    use[5], use[6], use[7] = 100, 0, 0  # files: all, free, free for users
    monkeypatch.setattr(soft_limits.os, "statvfs", lambda _: os.statvfs_result(use))
    hit = met_by(full, str(tmp_path))
    assert (hit.name, hit.value, hit.usage) == ("scratch files", 100, 100)
    use[6], use[7] = 10, 10
    hit = met_by(full, str(tmp_path))
    assert (hit.name, hit.value, hit.usage) == ("scratch bytes", 256 * 4096, 200 * 4096)


def test_the_limit_is_found_behind_other_errors() -> None:
    limit = OSError(errno.EMFILE, "too many")
    outer = ValueError("no model")
    outer.__cause__ = KeyError("x")
    outer.__cause__.__context__ = limit
    assert met_by(outer).name == "open files"
    assert met_by(ExceptionGroup("several", [KeyError("y"), limit])).name == "open files"
    limit.__context__ = outer  # a ring ends
    assert met_by(OSError(errno.ENOENT, "not there")) is None
    assert met_by(outer).name == "open files"
