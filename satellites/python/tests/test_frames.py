# SPDX-License-Identifier: Apache-2.0
"""How frames are written: in whole writes, small ones together, and numbered."""

import socket

from launchpad_satellite.frames import HEADER, FrameType, FrameWriter
from launchpad_satellite.interrupts import Interrupts


def writes(action):
    """The writes that the action made, one datagram each."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs:
        action(FrameWriter(ours, Interrupts(), preface=False))
        ours.shutdown(socket.SHUT_WR)
        received = []
        while data := theirs.recv(1 << 16):
            received.append(data)
        return received


def headers(data):
    """The headers of the frames in one write: (length, type, flags, stream, sequence)."""
    found = []
    while data:
        header = HEADER.unpack_from(data)
        found.append(header)
        data = data[HEADER.size + header[0] :]
    return found


def test_send_isOneWriteAFrame():
    sent = writes(lambda writer: [writer.send(FrameType.DATA, 3, [b"ab", b"c"]) for _ in range(2)])
    assert [headers(data) for data in sent] == [[(3, 0x30, 0, 3, 0)], [(3, 0x30, 0, 3, 1)]]


def test_sendTogether_isOneWriteOfFramesThatStayApart():
    sent = writes(lambda writer: writer.send_together(FrameType.DATA, 3, [[b"ab"], [b"c", b"d"]]))
    assert [headers(data) for data in sent] == [[(2, 0x30, 0, 3, 0), (2, 0x30, 0, 3, 1)]]
