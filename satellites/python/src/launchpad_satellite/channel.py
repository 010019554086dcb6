# SPDX-License-Identifier: Apache-2.0
"""The satellite's end of a connection: what both profiles of PROTOCOL.md section 4 share."""

from __future__ import annotations

import fcntl
import os
import socket
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from google.protobuf.message import DecodeError

from . import launchpad_pb2 as pb
from .errors import ChannelDamaged, ErrorCode, PeerGone, ProtocolViolation, SatelliteError
from .frames import (
    FragmentSink,
    FrameType,
    FrameWriter,
)
from .interrupts import Interrupts
from .streams import IncomingStream, OutgoingStream, Waste

WINDOW_BYTES = 4 << 20

# Descriptors of the protocol live here, away from those a script is likely to guess.
_FIRST_DESCRIPTOR = 200

# How long a finished satellite waits for the peer to close.
LINGER_S = 1.0

_EXPECTED = (
    FrameType.HELLO,
    FrameType.WELCOME,
    FrameType.REFUSED,
    FrameType.EXECUTE,
    FrameType.CANCEL,
    FrameType.CREDIT,
    FrameType.PING,
    FrameType.PONG,
)


class Channel(ABC):
    """What a session sends through and waits on; subclasses know the sockets.

    All state changes happen in `control` and `sink`, called for what has arrived: by `wait` itself
    in the split profile, by the reader thread in the single one.
    """

    def __init__(self, interrupts: Interrupts) -> None:
        self.interrupts = interrupts
        self.own_credit = WINDOW_BYTES
        self.peer_credit = WINDOW_BYTES
        self.hello: Any = None
        self.welcome: Any = None
        self.execute: Any = None
        self.incoming: dict[int, IncomingStream] = {}
        self.outgoing: dict[int, OutgoingStream] = {}
        self.over = False

    @abstractmethod
    def wait(self, ready: Callable[[], bool]) -> None:
        """Returns when `ready` has become true by what arrived; raises PeerGone at the end."""

    @abstractmethod
    def handshake_done(self) -> None:
        """Frames may be larger from now on."""

    @abstractmethod
    def verify(self) -> None:
        """Raises ChannelDamaged when user code has closed or replaced our descriptors."""

    @abstractmethod
    def abandon(self) -> None:
        """Closes our copies of the descriptors: this process is a fork of the satellite."""

    @abstractmethod
    def finish(self) -> None:
        """Says that nothing more comes, and waits a little until the peer has read it."""

    def streams_opened(self) -> None:
        """Every stream that EXECUTE names is open: what arrives for another is a violation."""

    @property
    @abstractmethod
    def control_writer(self) -> FrameWriter:
        """Where control frames go."""

    @property
    @abstractmethod
    def data_writer(self) -> FrameWriter:
        """Where fragments go."""

    def send(self, frame_type: FrameType, message: Any) -> None:
        """Sends one control message."""
        self.control_writer.send(frame_type, 0, (message.SerializeToString(),))

    def open_incoming(self, stream: IncomingStream) -> None:
        self._claim(stream.stream)
        self.incoming[stream.stream] = stream

    def open_outgoing(self, stream: int) -> OutgoingStream:
        self._claim(stream)
        outgoing = OutgoingStream(stream, FrameType.DATA, self.peer_credit, self.data_writer, self.wait)
        self.outgoing[stream] = outgoing
        return outgoing

    def grant(self, stream: int, count: int) -> None:
        """Lets the client send `count` more bytes on a stream."""
        self.send(FrameType.CREDIT, pb.Credit(stream=stream, bytes=count))

    def discard(self, incoming: IncomingStream) -> None:
        """Tells the client that nobody reads this stream any more."""
        if not incoming.ended and not incoming.discarded:
            incoming.discard()
            self.send(FrameType.CREDIT, pb.Credit(stream=incoming.stream, discard=True))

    def control(self, frame_type: FrameType, payload: bytes) -> None:
        if frame_type not in _EXPECTED:
            raise ProtocolViolation(f"{frame_type.name} is not for a satellite")
        if frame_type is FrameType.PING:
            self.control_writer.send(FrameType.PONG, 0, (payload,))
            return
        if frame_type is FrameType.PONG:
            return
        try:
            self._message(frame_type, payload)
        except DecodeError as error:
            raise ProtocolViolation(f"{frame_type.name} cannot be decoded") from error

    def sink(self, frame_type: FrameType, stream: int) -> FragmentSink:
        if self.over:
            return Waste()
        incoming = self.incoming.get(stream)
        if incoming is None or incoming.frame_type is not frame_type:
            raise ProtocolViolation(f"{frame_type.name} on stream {stream}, which is not expected")
        return incoming

    def cancelled(self) -> None:
        """`CANCEL` has arrived. In the split profile the service sends the signal itself."""

    def _message(self, frame_type: FrameType, payload: bytes) -> None:
        if frame_type is FrameType.CREDIT:
            self._credit(pb.Credit.FromString(payload))
        elif frame_type is FrameType.EXECUTE:
            if self.execute is not None:
                raise ProtocolViolation("EXECUTE while a session is in progress")
            self.execute = pb.Execute.FromString(payload)
        elif frame_type is FrameType.CANCEL:
            pb.Cancel.FromString(payload)
            self.cancelled()
        elif frame_type is FrameType.HELLO:
            self.hello = pb.Hello.FromString(payload)
        elif frame_type is FrameType.WELCOME:
            self.welcome = pb.Welcome.FromString(payload)
            # EXECUTE may have come with it and is parsed next.
            self.handshake_done()
        elif frame_type is FrameType.REFUSED:
            raise PeerGone(pb.Refused.FromString(payload).error.message)

    def _credit(self, credit: Any) -> None:
        outgoing = self.outgoing.get(credit.stream)
        if self.over:
            return
        if outgoing is None:
            raise ProtocolViolation(f"CREDIT for stream {credit.stream}, which we do not send on")
        outgoing.grant(credit.bytes)

    def _claim(self, stream: int) -> None:
        if not 1 <= stream <= 65_535 or stream in self.incoming or stream in self.outgoing:
            raise SatelliteError(ErrorCode.BAD_REQUEST, f"stream {stream} is used twice or invalid")


class Descriptor:
    """One of our sockets, remembered so that a replaced descriptor is noticed."""

    def __init__(self, sock: socket.socket) -> None:
        # Blocking whatever the process that made it chose; a timeout of its own would make every
        # receive a poll.
        sock.setblocking(True)
        number = fcntl.fcntl(sock.fileno(), fcntl.F_DUPFD_CLOEXEC, _FIRST_DESCRIPTOR)
        sock.close()
        self.socket = socket.socket(fileno=number)
        self._identity = self._stat()

    def verify(self) -> None:
        if self._stat() != self._identity:
            raise ChannelDamaged

    def _stat(self) -> tuple[int, int]:
        try:
            status = os.fstat(self.socket.fileno())
        except OSError as error:
            raise ChannelDamaged from error
        return status.st_dev, status.st_ino


def shut(sock: socket.socket) -> None:
    try:
        sock.shutdown(socket.SHUT_WR)
    except OSError:
        pass  # The peer was faster.
