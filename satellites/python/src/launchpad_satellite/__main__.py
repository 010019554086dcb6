# SPDX-License-Identifier: Apache-2.0
"""`python -m launchpad_satellite`: one satellite without a zygote, for one session.

With `--listen unix:PATH` (or LAUNCHPAD_PROFILE=single and LAUNCHPAD_LISTEN) it listens for one
client. With LAUNCHPAD_PROFILE=split it takes descriptors 3 and 4 as PROTOCOL.md section 4 says, and imports and warms
itself first: so it is started for runtimes whose satellites are executed.
"""

from __future__ import annotations

import argparse
import os
import socket
import sys
from typing import NoReturn

from .satellite import serve_single, serve_split

CONTROL_DESCRIPTOR = 3
DATA_DESCRIPTOR = 4


def main(arguments: list[str] | None = None) -> NoReturn:
    parser = argparse.ArgumentParser(prog="python -m launchpad_satellite")
    parser.add_argument("--listen", metavar="unix:PATH", default=os.environ.get("LAUNCHPAD_LISTEN"))
    parser.add_argument("--runtime", default=os.environ.get("LAUNCHPAD_RUNTIME", "python"))
    options = parser.parse_args(arguments)
    if options.listen:
        serve_single(_accept(options.listen), options.runtime)
    if os.environ.get("LAUNCHPAD_PROFILE") != "split":
        parser.error("give --listen unix:PATH, or start it with LAUNCHPAD_PROFILE=split")
    _become_satellite()
    serve_split(CONTROL_DESCRIPTOR, DATA_DESCRIPTOR, options.runtime)


def _become_satellite() -> None:
    """Does for this process alone what a zygote does for all of its forks."""
    from . import preload
    from .warmup import Play, warm_up
    from .zygote import forget_zygote, use_processors

    for descriptor in (CONTROL_DESCRIPTOR, DATA_DESCRIPTOR):
        os.set_inheritable(descriptor, False)
    preload.import_all()
    forget_zygote()
    use_processors()
    sys.argv[:] = [""]
    warm_up(Play.from_environment())


def _accept(address: str) -> socket.socket:
    scheme, _, path = address.partition(":")
    if scheme != "unix" or not path:
        sys.exit(f"cannot listen on {address!r}: only unix:PATH is supported")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        before = os.umask(0o177)
        try:
            listener.bind(path)
        finally:
            os.umask(before)
        listener.listen(1)
        connection, _ = listener.accept()
    os.unlink(path)
    return connection


if __name__ == "__main__":
    main()
