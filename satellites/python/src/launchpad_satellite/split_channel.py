# SPDX-License-Identifier: Apache-2.0
"""The split profile: control and data on sockets of their own."""

from __future__ import annotations

import select
import socket
import threading
import time
from collections.abc import Callable

from .channel import LINGER_S, Channel, Descriptor, shut
from .errors import PeerGone
from .frames import (
    ALL,
    CONTROL_PAYLOAD_MAX,
    FRAGMENTS,
    FrameReader,
    FrameWriter,
)
from .interrupts import Interrupts

# How much is thrown away at a time.
_DRAIN_BYTES = 1 << 16


class SplitChannel(Channel):
    """Control and data on sockets of their own, read by the main thread whenever it waits."""

    def __init__(self, interrupts: Interrupts, control: socket.socket, data: socket.socket) -> None:
        super().__init__(interrupts)
        self._control = Descriptor(control)
        self._data = Descriptor(data)
        control, data = self._control.socket, self._data.socket
        self._control_writer = FrameWriter(control, interrupts, preface=True)
        self._data_writer = FrameWriter(data, interrupts, preface=False)
        self._control_reader = FrameReader(control, self, preface=True, carries=ALL - FRAGMENTS)
        self._data_reader = FrameReader(data, self, preface=False, carries=FRAGMENTS)
        self._data_reader.control_max = CONTROL_PAYLOAD_MAX
        self._readers = {
            control.fileno(): self._control_reader,
            data.fileno(): self._data_reader,
        }
        self._control_poll = select.poll()
        self._control_poll.register(control.fileno(), select.POLLIN)
        self._poll = select.poll()
        self._poll.register(control.fileno(), select.POLLIN)
        self._poll.register(data.fileno(), select.POLLIN)
        # A script may read a lazy input from a thread of its own.
        self._reading = threading.RLock()

    @property
    def control_writer(self) -> FrameWriter:
        return self._control_writer

    @property
    def data_writer(self) -> FrameWriter:
        return self._data_writer

    def handshake_done(self) -> None:
        self._control_reader.control_max = CONTROL_PAYLOAD_MAX

    def wait(self, ready: Callable[[], bool]) -> None:
        with self.interrupts.critical(), self._reading:
            while not ready():
                with self.interrupts.user_code():
                    # Input may be there before EXECUTE, but says nothing without it.
                    events = (self._control_poll if self.execute is None else self._poll).poll()
                for descriptor, _ in events:
                    self._receive(self._readers[descriptor])

    def _receive(self, reader: FrameReader) -> None:
        try:
            alive = reader.receive()
        except ConnectionError as error:
            raise PeerGone from error
        if not alive:
            raise PeerGone

    def verify(self) -> None:
        self._control.verify()
        self._data.verify()

    def abandon(self) -> None:
        self._control.socket.close()
        self._data.socket.close()

    def finish(self) -> None:
        _drain(self._data.socket, self._control.socket)


def _drain(*sockets: socket.socket) -> None:
    """Reads what is still under way: closing over unread bytes would reset the connection."""
    poll = select.poll()
    left = {}
    for sock in sockets:
        shut(sock)
        left[sock.fileno()] = sock
        poll.register(sock.fileno(), select.POLLIN)
    until = time.monotonic() + LINGER_S
    while left and (rest := until - time.monotonic()) > 0:
        for descriptor, _ in poll.poll(rest * 1000):
            try:
                alive = len(left[descriptor].recv(_DRAIN_BYTES)) > 0
            except OSError:
                alive = False
            if not alive:
                poll.unregister(descriptor)
                del left[descriptor]
