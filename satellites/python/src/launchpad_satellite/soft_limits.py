# SPDX-License-Identifier: Apache-2.0
"""Which limit a script met that the kernel told it of by an errno, for the error that it became."""

from __future__ import annotations

import errno
import os
import resource
from typing import Any

from . import launchpad_pb2 as pb

_CHAIN_MAX = 64


def met_by(exception: BaseException, folder: str | None = None) -> Any:
    """The limit that the exception, or one it came from, is about; None without.

    `folder` stands for the session's own, which is a file system of its own when it is confined.
    """
    for error in _chain(exception):
        if isinstance(error, OSError) and error.errno == errno.EMFILE:
            files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
            return pb.LimitHit(name="open files", value=files, usage=files)
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            return _scratch(folder or os.environ.get("HOME", "/"))
    return None


def _scratch(folder: str) -> Any:
    """Which of the two was used up; the script may have removed files since."""
    if not os.path.ismount(os.path.dirname(folder)):
        return None  # not confined: the disk of the host
    use = os.statvfs(folder)
    if use.f_favail == 0:
        return pb.LimitHit(name="scratch files", value=use.f_files, usage=use.f_files - use.f_ffree)
    return pb.LimitHit(
        name="scratch bytes",
        value=use.f_blocks * use.f_frsize,
        usage=(use.f_blocks - use.f_bfree) * use.f_frsize,
    )


def _chain(exception: BaseException) -> list[BaseException]:
    """The exception and all that it was caused by or raised while handling, groups' members too."""
    chain: list[BaseException] = []
    waiting: list[BaseException | None] = [exception]
    while waiting and len(chain) < _CHAIN_MAX:
        error = waiting.pop()
        if error is None or any(error is known for known in chain):
            continue
        chain.append(error)
        waiting += [error.__cause__, error.__context__]
        if isinstance(error, BaseExceptionGroup):
            waiting += error.exceptions
    return chain
