# SPDX-License-Identifier: Apache-2.0
"""The gate in front of KeyboardInterrupt, with a signal at every point where Python looks for one."""

import signal
import sys

import pytest

from launchpad_satellite.interrupts import Interrupts


class Delivery:
    """Runs the signal handler at the n-th point of what a `with` runs, as the interpreter would.

    It looks for signals where a function begins and where a call into C has returned.
    """

    def __init__(self, interrupts, point):
        self._interrupts = interrupts
        self._left = point

    @property
    def delivered(self):
        return self._left <= 0

    def __enter__(self):
        sys.setprofile(self._on_event)
        return self

    def __exit__(self, *_):
        sys.setprofile(None)

    def _on_event(self, frame, event, _argument):
        if event in ("call", "c_return") and frame.f_code is not Delivery.__exit__.__code__:
            self._left -= 1
            if self._left == 0:
                self._interrupts._on_signal(signal.SIGINT, frame)


def nothing():
    """A step of user code."""


def user_code(interrupts):
    with interrupts.user_code():
        nothing()


def print_in_user_code(interrupts):
    with interrupts.user_code():
        nothing()
        with interrupts.critical():
            nothing()
        nothing()


def wait_in_a_frame(interrupts):
    with interrupts.critical():
        nothing()
        with interrupts.user_code():
            nothing()
        nothing()


@pytest.mark.parametrize("region", [user_code, print_in_user_code, wait_in_a_frame])
@pytest.mark.parametrize("point", range(1, 40))
def test_signal_isRaisedOnceAndLeavesTheGateShut(region, point):
    interrupts = Interrupts()
    interrupts.arm()
    raised = 0
    try:
        with Delivery(interrupts, point) as delivery:
            region(interrupts)
    except KeyboardInterrupt:
        raised += 1
    assert not interrupts._open
    try:
        interrupts.check()
    except KeyboardInterrupt:
        raised += 1
    assert raised == delivery.delivered
    assert not interrupts._open


@pytest.mark.parametrize("region", [user_code, print_in_user_code, wait_in_a_frame])
@pytest.mark.parametrize("point", range(1, 40))
def test_signalInTheHandlerOfAnother_leavesTheGateShut(region, point):
    """Two signals so close that the second finds the first one's handler running."""

    class Twice(Interrupts):
        def _on_signal(self, number, frame):
            super()._on_signal(number, sys._getframe())
            super()._on_signal(number, frame)

    interrupts = Twice()
    interrupts.arm()
    for _ in range(3):
        try:
            with Delivery(interrupts, point):
                region(interrupts)
        except KeyboardInterrupt:
            pass
        assert not interrupts._open


def test_signalBeforeASession_isKeptForIt():
    interrupts = Interrupts()
    interrupts._on_signal(signal.SIGINT, None)
    interrupts.check()
    interrupts.arm()
    with pytest.raises(KeyboardInterrupt):
        interrupts.check()


def test_signalAfterTheSession_changesNothing():
    interrupts = Interrupts()
    interrupts.arm()
    interrupts.shut()
    with interrupts.critical():
        interrupts._on_signal(signal.SIGINT, None)
    interrupts.check()
