# SPDX-License-Identifier: Apache-2.0
"""The golden vectors of FORMAT.md and PROTOCOL.md, read and written by the satellite's own code."""

import json
import os
import select
import socket
import struct
from pathlib import Path

import pyarrow as pa
import pytest
from google.protobuf import text_format

from launchpad_satellite import launchpad_pb2 as pb
from launchpad_satellite.bxl import BxlError, BxlLimits
from launchpad_satellite.bxl_reader import BxlDecoder, read_stream
from launchpad_satellite.bxl_writer import BxlEncoder
from launchpad_satellite.errors import ProtocolViolation, SatelliteError
from launchpad_satellite.frames import CONTROL_PAYLOAD_MAX, FrameReader
from launchpad_satellite.interrupts import Interrupts
from launchpad_satellite.satellite import EXIT_VIOLATION
from launchpad_satellite.split_channel import SplitChannel
from launchpad_satellite.sql_types import storage, travels_as
from launchpad_satellite.streams import IncomingBlob, IncomingFrames

ROOT = Path(__file__).parents[3]
BXL = sorted((ROOT / "bxl-codec" / "vectors").glob("*.json"))
PROTOCOL = ROOT / "satellite-protocol" / "vectors"


def bxl_vectors(malformed):
    for path in BXL:
        vector = json.loads(path.read_text())
        if ("error" in vector) == malformed:
            yield pytest.param(vector, path.with_suffix(".bxl").read_bytes(), id=path.stem)


def decode(data, **options):
    decoder = BxlDecoder(compression=False, **options)
    return decoder, [received.batch for received in read_stream(data, decoder)]


# What pyarrow cannot receive, so neither can a Python satellite: interval types it has no class for,
# and the dictionary id -1, by which its reader means "none".
NOT_IN_PYARROW = ("interval(year_month)", "interval(day_time)", '"id": -1')


def in_pyarrow(vector):
    return not any(name in json.dumps(vector["fields"]) for name in NOT_IN_PYARROW)


@pytest.mark.parametrize(("vector", "data"), list(bxl_vectors(malformed=False)))
def test_validStream_hasTheStatedValues(vector, data):
    if not in_pyarrow(vector):
        with pytest.raises((BxlError, SatelliteError)):
            decoder, _ = decode(data)
            for field in decoder.schema:
                travels_as(field.type, field.name)
        return
    decoder, batches = decode(data, validate=True)
    assert decoder.ended
    assert decoder.schema.names == [field["name"] for field in vector["fields"]]
    nullable = [field.get("nullable", True) for field in vector["fields"]]
    assert [field.nullable for field in decoder.schema] == nullable
    assert [batch.num_rows for batch in batches] == [b["rows"] for b in vector["batches"]]
    for batch, expected in zip(batches, vector["batches"], strict=True):
        columns = [values(column) for column in batch.columns]
        assert columns == expected["columns"]


@pytest.mark.parametrize(("vector", "data"), list(bxl_vectors(malformed=False)))
def test_validStream_survivesOurWriter(vector, data):
    if not in_pyarrow(vector):
        return
    decoder, batches = decode(data)
    encoder = BxlEncoder(decoder.schema)
    frames = encoder.start()
    for batch in batches:
        frames += encoder.batch(batch)
    frames += encoder.end()
    written = b"".join(bytes(part) for frame in frames for part in frame.parts)
    again, back = decode(written, validate=True)
    assert again.schema.equals(decoder.schema, check_metadata=True)
    assert [values(c) for b in back for c in b.columns] == [
        values(c) for b in batches for c in b.columns
    ]


# Rules that a validator checks and a reader does not: launchpad has validated what a satellite gets,
# and none of these lets Arrow read outside a frame.
FOR_VALIDATORS = frozenset(
    [
        "bad-buffer-overlap",
        "bad-buffer-validity-count-0",
        "bad-count-buffer-extra",
        "bad-count-node-extra",
        "bad-count-nulls-negative",
        "bad-count-variadic",
        "bad-declared-columns",
        "bad-declared-null",
        "bad-declared-type",
        "bad-dictionary-unknown",
        "bad-limit-stream-bytes",
        "bad-limit-stream-frames",
        "bad-limit-stream-rows",
        "bad-limit-value-bytes",
        "bad-metadata-shared",
        "bad-metadata-string-utf8",
        "bad-metadata-table-long",
        "bad-null-column",
        "bad-null-dictionary-entry",
        "bad-null-field",
        "bad-null-fixed-item",
        "bad-null-item",
        "bad-null-map-value",
        "bad-null-type",
        "bad-schema-big-endian",
        "bad-schema-dictionary-in-dictionary",
        "bad-schema-extension-launchpad-datetime2",
        "bad-schema-extension-launchpad-datetimeoffset",
        "bad-schema-extension-launchpad-time",
        "bad-schema-extension-launchpad-xml",
        "bad-schema-fixed-size-binary-0",
        "bad-schema-fixed-size-binary-large",
        "bad-schema-fixed-size-list-negative",
        "bad-schema-int-child",
        "bad-schema-struct-names",
        "bad-utf8-dictionary",
        "bad-value-decimal-minimum",
        "bad-value-decimal256-minimum",
    ]
)


@pytest.mark.parametrize(("vector", "data"), list(bxl_vectors(malformed=True)))
def test_malformedStream_isRefused(vector, data, request):
    """Header and order with the code of FORMAT.md; what lies deeper is found by Arrow's own checks."""
    if request.node.callspec.id in FOR_VALIDATORS:
        assert vector["check"] > 2 or "limits" in vector
        decode(data)
        return
    limits = {name.replace(" ", "_"): value for name, value in vector.get("limits", {}).items()}
    with pytest.raises(BxlError) as caught:
        decode(data, limits=BxlLimits(**limits), validate=True)
    if vector["check"] <= 2:
        assert caught.value.code == vector["error"]
        assert caught.value.frame in (None, vector["frame"])


def values(column):
    """A column in the JSON form of vectors/README.md."""
    if isinstance(column.type, pa.BaseExtensionType):
        column = storage(column)
    return [value(scalar) for scalar in column]


class Float(float):
    """Equal to the JSON form of the same double, sign of zero included."""

    def __eq__(self, text):
        return struct.pack("<d", self) == struct.pack("<d", float(text)) or (
            self != self and text != text
        )

    def __hash__(self):
        return super().__hash__()

    def __ne__(self, other):
        return float(self) != float(other)


def value(scalar):
    kind = scalar.type
    types = pa.types
    if isinstance(kind, pa.BaseExtensionType):
        scalar, kind = scalar.value, kind.storage_type
    if scalar is None or not scalar.is_valid:
        return None
    if types.is_dictionary(kind):
        index = scalar.index.as_py()
        return value(scalar.dictionary[index])
    if types.is_boolean(kind) or types.is_string(kind) or types.is_large_string(kind):
        return scalar.as_py()
    if types.is_integer(kind):
        return str(scalar.as_py()) if kind.bit_width == 64 else scalar.as_py()
    if types.is_floating(kind):
        return Float(scalar.as_py())
    if types.is_decimal(kind):
        return f"{scalar.as_py():f}"
    if types.is_binary(kind) or types.is_large_binary(kind) or types.is_fixed_size_binary(kind):
        return scalar.as_py().hex()
    if types.is_interval(kind):
        months, days, nanoseconds = scalar.as_py()
        return [months, days, str(nanoseconds)]
    if types.is_temporal(kind):
        number = scalar.value
        return number if types.is_date32(kind) or types.is_time32(kind) else str(number)
    if types.is_struct(kind):
        return {name: value(scalar[i]) for i, name in enumerate(names(kind))}
    if types.is_map(kind):
        return [[value(item["key"]), value(item["value"])] for item in entries(scalar)]
    return [value(item) for item in scalar.values]


def names(kind):
    return [kind.field(i).name for i in range(kind.num_fields)]


def entries(scalar):
    table = scalar.values
    return [{"key": table.field(0)[i], "value": table.field(1)[i]} for i in range(len(table))]


# ---- the protocol --------------------------------------------------------------------------------


def protocol_vectors(name):
    loaded = json.loads((PROTOCOL / name).read_text())
    return [pytest.param(entry, id=entry["name"]) for entry in loaded]


@pytest.mark.parametrize("vector", protocol_vectors("messages.json"))
def test_message_isReadAndWrittenAsStated(vector):
    if vector["type"] in ("PING", "PONG"):
        assert len(vector["payload"]) <= 128
        return
    message = MESSAGES[vector["type"]]
    payload = bytes.fromhex(vector["payload"])
    expected = text_format.Parse(vector["text"], message())
    assert message.FromString(payload) == expected
    assert expected.SerializeToString(deterministic=True) == payload


MESSAGES = {
    "HELLO": pb.Hello,
    "WELCOME": pb.Welcome,
    "AUTHENTICATE": pb.Authenticate,
    "AUTHENTICATED": pb.Authenticated,
    "REFUSED": pb.Refused,
    "EXECUTE": pb.Execute,
    "QUEUED": pb.Queued,
    "STARTED": pb.Started,
    "COMPLETED": pb.Completed,
    "FAILED": pb.Failed,
    "CANCELLED": pb.Cancelled,
    "EXITED": pb.Exited,
    "CANCEL": pb.Cancel,
    "CREDIT": pb.Credit,
    "OUTPUT": pb.Output,
}


class Recorder:
    """Keeps the frames a reader finds."""

    def __init__(self):
        self.frames = []
        self.streams = {}

    def control(self, frame_type, payload):
        self.frames.append([frame_type.name, False, 0, payload.hex()])

    def sink(self, frame_type, stream):
        return Fragment(self, frame_type, stream)


class Fragment:
    def __init__(self, recorder, frame_type, stream):
        self._recorder, self._type, self._stream = recorder, frame_type, stream

    def begin(self, length, more):
        self._more = more
        self._data = bytearray(length)
        self._at = 0

    def space(self):
        return memoryview(self._data)[self._at :]

    def advance(self, count):
        self._at += count

    def finish(self):
        self._recorder.frames.append(
            [self._type.name, self._more, self._stream, bytes(self._data).hex()]
        )


def read_frames(vector, chunk):
    """Feeds a vector's bytes to a reader, `chunk` at a time."""
    here, there = socket.socketpair()
    recorder = Recorder()
    with here, there:
        reader = FrameReader(here, recorder, preface=vector["channel"] != "data")
        if vector["phase"] != "handshake":
            reader.control_max = CONTROL_PAYLOAD_MAX
        data = bytes.fromhex(vector["bytes"])
        for start in range(0, len(data), chunk):
            there.sendall(data[start : start + chunk])
            while select.select([here], [], [], 0)[0]:
                assert reader.receive()
    return recorder.frames


@pytest.mark.parametrize("chunk", [1, 7, 1 << 16])
@pytest.mark.parametrize("vector", protocol_vectors("streams.json"))
def test_frames_areFoundWhateverThePieces(vector, chunk):
    expected = [[f["type"], f["more"], f["stream"], f["payload"]] for f in vector["frames"]]
    assert read_frames(vector, chunk) == expected


FRAME_LEVEL = [
    vector
    for vector in protocol_vectors("malformed.json")
    if not vector.id.startswith(("hello-", "welcome-", "execute-"))
]


@pytest.mark.parametrize("vector", FRAME_LEVEL)
def test_malformedFrames_areRefused(vector):
    """By the frame reader, or by the channel and the streams behind it."""
    here, there = socket.socketpair()
    other, other_there = socket.socketpair()
    with there, other_there:
        on_data = vector["channel"] == "data"
        channel = SplitChannel(Interrupts(), *((other, here) if on_data else (here, other)))
        if vector["phase"] != "handshake":
            channel.handshake_done()
        for stream in range(1, 16):
            kind = IncomingBlob if stream == 3 else IncomingFrames
            channel.open_incoming(kind(stream, 4 << 20, lambda *_: None))
        there.sendall(bytes.fromhex(vector["bytes"]))
        there.shutdown(socket.SHUT_WR)
        reader = channel._data_reader if on_data else channel._control_reader
        with pytest.raises(ProtocolViolation):
            while reader.receive():
                pass
        channel.abandon()


REQUESTS = [vector for vector in protocol_vectors("malformed.json") if vector.id.startswith("execute-")]


@pytest.mark.parametrize("vector", REQUESTS)
def test_malformedRequest_isRefused(vector, split):
    execute = pb.Execute.FromString(bytes.fromhex(vector["bytes"])[24:])
    result = split().client.call(execute)
    assert result.error.code == vector["code"]
    assert not result.error.retry_safe


HELLOS = [vector for vector in protocol_vectors("malformed.json") if vector.id.startswith("hello-")]


@pytest.mark.parametrize("vector", HELLOS)
def test_malformedHello_closesTheConnection(vector, nursery):
    here, there = socket.socketpair()
    with here:
        pid = nursery.fork(*[there.fileno()] * 4, verb="single")
        there.close()
        here.sendall(bytes.fromhex(vector["bytes"]))
        assert os.waitstatus_to_exitcode(nursery.wait(pid)) == EXIT_VIOLATION
