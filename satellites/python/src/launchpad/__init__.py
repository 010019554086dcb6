# SPDX-License-Identifier: Apache-2.0
"""What a script can ask launchpad: `import launchpad`.

`launchpad.session` tells about the session that runs the script. The value classes carry SQL types
that Python has no exact type for; they come in columns and parameters of those types and can be
assigned to results.
"""

from ._carriers import DateTime2, DateTimeOffset, Time
from ._session import RequestLimits, Session, session

__all__ = ["DateTime2", "DateTimeOffset", "RequestLimits", "Session", "Time", "session"]
