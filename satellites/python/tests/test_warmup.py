# SPDX-License-Identifier: Apache-2.0
"""What a satellite is warmed with, and that nothing is left of it."""

from __future__ import annotations

import os
import sys
import time

import launchpad
import pytest

from launchpad_satellite.warmup import Play, warm_up

PLAYS = [
    Play(tables, parameters=parameters)
    for tables in ("pandas", "arrow", None)
    for parameters in (True, False)
]


@pytest.mark.parametrize("play", PLAYS, ids=str)
def test_play_leavesTheProcessAsItWas(play: Play, capfd: pytest.CaptureFixture[str]) -> None:
    os.environ["TZ"] = "Asia/Tokyo"
    time.tzset()
    before = sys.stdout, sys.stderr, sys.modules["__main__"], os.listdir("/proc/self/fd")

    warm_up(play)

    assert (sys.stdout, sys.stderr, sys.modules["__main__"], os.listdir("/proc/self/fd")) == before
    assert (os.environ.pop("TZ"), time.tzname[0]) == ("Asia/Tokyo", "JST")
    time.tzset()
    assert launchpad.session.request_id == ""
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("asked", "play"),
    [
        (None, Play.everything()),
        ("frames,arrow,parameters", Play.everything()),
        ("frames", Play("pandas", parameters=False)),
        ("arrow,parameters", Play("arrow", parameters=True)),
        ("parameters", Play(None, parameters=True)),
        ("", Play(None, parameters=False)),
        ("nothing", None),
        ("something,of,the,future", Play(None, parameters=False)),
    ],
)
def test_play_isWhatTheServiceAsksFor_whichTheScriptDoesNotSee(
    monkeypatch: pytest.MonkeyPatch, asked: str | None, play: Play | None
) -> None:
    if asked is not None:
        monkeypatch.setenv("LAUNCHPAD_WARM_UP", asked)
    assert Play.from_environment() == play
    assert "LAUNCHPAD_WARM_UP" not in os.environ
