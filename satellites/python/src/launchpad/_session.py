# SPDX-License-Identifier: Apache-2.0
"""The session a script runs in, as the script sees it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class RequestLimits:
    """The limits of the session; None where there is none that is known."""

    memory_bytes: int | None = None
    cpu_us: int | None = None
    output_rows: int | None = None
    output_bytes: int | None = None
    print_bytes: int | None = None
    value_bytes: int | None = None


@dataclass(slots=True)
class Session:
    """Who runs this script, where, and how long it may take."""

    request_id: str = ""
    session_id: str = ""
    engine_id: str = ""
    principal: str = ""
    language: str = "Python"
    runtime: str = ""
    task: int = 0
    tasks: int = 1
    run: int = 0
    time_zone: str = "UTC"
    labels: Mapping[str, str] = field(default_factory=dict)
    limits: RequestLimits = field(default_factory=RequestLimits)
    traceparent: str = ""
    deadline: float | None = None

    @property
    def identity(self) -> tuple[str, str]:
        """(engine id, principal): who the script runs for."""
        return self.engine_id, self.principal

    @property
    def seconds_left(self) -> float | None:
        """Until the request's deadline, never negative; None without one."""
        if self.deadline is None:
            return None
        return max(0.0, self.deadline - time.monotonic())


session = Session()
