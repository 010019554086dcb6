# SPDX-License-Identifier: Apache-2.0
"""One satellite process: handshake, one session, end."""

from __future__ import annotations

import faulthandler
import os
import platform
import secrets
import socket
from typing import NoReturn

from . import __version__
from . import launchpad_pb2 as pb
from .channel import Channel
from .console import Console
from .errors import ChannelDamaged, ErrorCode, PeerGone, ProtocolViolation, SatelliteError
from .frames import FrameType
from .interrupts import Interrupts
from .session import Session
from .single_channel import SingleChannel
from .split_channel import SplitChannel
from .traceback_model import error_message

VERSION = 1
SOFTWARE = f"launchpad_satellite {__version__} (Python {platform.python_version()})"
CAPABILITIES = ("zstd", "lz4")

# How a satellite ends when it cannot say so in a message.
EXIT_DONE = 0
EXIT_PEER_GONE = 80
EXIT_VIOLATION = 81
EXIT_CHANNEL_DAMAGED = 82


def serve_split(control: int, data: int, runtime: str) -> NoReturn:
    """Serves the session of a satellite whose broker has given it these two sockets."""
    interrupts = Interrupts()
    interrupts.install()
    channel = SplitChannel(interrupts, socket.socket(fileno=control), socket.socket(fileno=data))
    _end(lambda: _split_session(channel, runtime))


def serve_single(sock: socket.socket, runtime: str) -> NoReturn:
    """Serves one session to a client that is connected straight to the satellite."""
    interrupts = Interrupts()
    interrupts.install()
    channel = SingleChannel(interrupts, sock)
    _end(lambda: _single_session(channel, runtime))


def _split_session(channel: SplitChannel, runtime: str) -> None:
    channel.send(FrameType.HELLO, _hello(channel, runtime))
    channel.wait(lambda: channel.welcome is not None)
    welcome = channel.welcome
    if welcome.version != VERSION:
        raise ProtocolViolation(f"version {welcome.version} was not offered")
    _accept_credit(channel, welcome.initial_credit)
    console = _console(channel)
    channel.wait(lambda: channel.execute is not None)
    Session(channel, console, runtime).run()
    channel.finish()


def _single_session(channel: SingleChannel, runtime: str) -> None:
    channel.start()
    channel.wait(lambda: channel.hello is not None)
    hello = channel.hello
    if hello.role != pb.ROLE_ENGINE or len(hello.nonce) != 32 or len(hello.software.encode()) > 256:
        raise ProtocolViolation("HELLO has no valid role, nonce or software name")
    if not hello.version_min <= VERSION <= hello.version_max:
        theirs = f"{hello.version_min} to {hello.version_max}"
        error = SatelliteError(
            ErrorCode.VERSION_UNSUPPORTED, f"this end speaks {VERSION} to {VERSION}, yours {theirs}"
        )
        channel.send(FrameType.REFUSED, pb.Refused(error=error_message(error)))
        channel.finish()
        return
    _accept_credit(channel, hello.initial_credit)
    channel.handshake_done()
    channel.send(FrameType.WELCOME, _welcome(channel))
    channel.send(
        FrameType.AUTHENTICATED,
        pb.Authenticated(engine_id="direct", languages=["Python"], runtimes=[runtime]),
    )
    console = _console(channel)
    channel.wait(lambda: channel.execute is not None)
    session = Session(channel, console, runtime)

    def forced() -> NoReturn:
        console.close()
        channel.send(*session.interrupted(forced=True))
        os._exit(EXIT_DONE)

    request = channel.execute
    channel.watch(request.deadline_ms / 1000, request.grace_ms / 1000, forced)
    session.run()
    channel.finish()


def _end(serve: object) -> NoReturn:
    assert callable(serve)
    try:
        serve()
        status = EXIT_DONE
    except (PeerGone, ConnectionError):
        status = EXIT_PEER_GONE
    except SatelliteError:
        status = EXIT_VIOLATION
    except (ChannelDamaged, OSError):
        status = EXIT_CHANNEL_DAMAGED
    # Threads of the script may still run and must not be waited for.
    os._exit(status)


def _console(channel: Channel) -> Console:
    def send(message: pb.Output) -> None:
        # A script that has replaced our descriptors must not get frames into its files.
        channel.verify()
        channel.send(FrameType.OUTPUT, message)

    console = Console(channel.interrupts, send)
    console.install()
    faulthandler.enable(file=2)

    def after_fork() -> None:
        channel.abandon()
        console.after_fork_in_child()

    os.register_at_fork(after_in_child=after_fork)
    return console


def _accept_credit(channel: Channel, credit: int) -> None:
    if not 64 << 10 <= credit <= 64 << 20:
        raise ProtocolViolation(f"initial_credit is {credit}, not between 64 KiB and 64 MiB")
    channel.peer_credit = credit


def _hello(channel: Channel, runtime: str) -> pb.Hello:
    return pb.Hello(
        version_min=VERSION,
        version_max=VERSION,
        role=pb.ROLE_SATELLITE,
        software=SOFTWARE,
        capabilities=CAPABILITIES,
        initial_credit=channel.own_credit,
        nonce=secrets.token_bytes(32),
        languages=["Python"],
        runtime=runtime,
        tzdata=_tzdata_version(),
    )


def _welcome(channel: Channel) -> pb.Welcome:
    return pb.Welcome(
        version=VERSION,
        role=pb.ROLE_SATELLITE,
        software=SOFTWARE,
        capabilities=CAPABILITIES,
        initial_credit=channel.own_credit,
        nonce=secrets.token_bytes(32),
        auth=pb.AUTH_METHOD_NONE,
        launchpad_id="direct",
        tzdata=_tzdata_version(),
    )


def _tzdata_version() -> str:
    try:
        import tzdata  # type: ignore[import-untyped]
    except ImportError:
        return ""
    return str(tzdata.IANA_VERSION)
