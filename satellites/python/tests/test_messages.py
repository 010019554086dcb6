# SPDX-License-Identifier: Apache-2.0
"""The generated messages are those of launchpad.proto, and the codes those of PROTOCOL.md."""

import re
from pathlib import Path

from launchpad_satellite import launchpad_pb2 as pb
from launchpad_satellite.errors import ErrorCode

PROTOCOL = Path(__file__).parents[3] / "satellite-protocol"


def test_generatedMessages_areThoseOfTheProtoFile():
    text = (PROTOCOL / "src/main/proto/launchpad.proto").read_text()
    text = re.sub(r"//[^\n]*", "", text)
    stated = set()
    for kind, name, body in re.findall(r"(message|enum) (\w+) \{((?:[^{}]|\{[^{}]*\})*)\}", text):
        for field, number in re.findall(r"(\w+)\s*=\s*(\d+);", body):
            stated.add((kind, name, field, int(number)))
    file = pb.DESCRIPTOR
    generated = {
        ("message", name, field.name, field.number)
        for name, message in file.message_types_by_name.items()
        for field in message.fields
    } | {
        ("enum", name, value.name, value.number)
        for name, enum in file.enum_types_by_name.items()
        for value in enum.values
    }
    assert generated == stated


def test_errorCodes_areThoseOfTheProtocol():
    rows = re.findall(r"^\| (\d+) \| `(\w+)` \| (\w+) \|", (PROTOCOL / "PROTOCOL.md").read_text(), re.M)
    table = {code: (int(number), category) for number, code, category in rows}
    for code in ErrorCode:
        assert table[code.name] == (code.number, code.category.name.lower()), code
