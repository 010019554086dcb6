# SPDX-License-Identifier: Apache-2.0
"""Forged columns on the satellite's data channel (each in a session of its own).

A stream that would be right is spoiled in one place; FORMAT.md section 7 says what is checked.
"""

import gc
import struct

import pyarrow

from launchpad_satellite.bxl_writer import BxlEncoder
from launchpad_satellite.frames import HEADER, FrameType
from launchpad_satellite.split_channel import SplitChannel

CHANNEL = next(thing for thing in gc.get_objects() if isinstance(thing, SplitChannel))
DATA = CHANNEL.data_writer
STREAM = CHANNEL.execute.outputs[0].stream

BXL = struct.Struct("<4sBBHQIIQQQqQ")
FIELDS = "magic kind flags reserved length metadata crc body rows number dictionary so_far".split()


def stream(table):
    """The frames of a stream, as a satellite would send them."""
    encoder = BxlEncoder(table.schema)
    frames = encoder.start()
    for batch in table.to_batches():
        frames += encoder.batch(batch)
    return [b"".join(bytes(part) for part in frame.parts) for frame in [*frames, *encoder.end()]]


NUMBERS = pyarrow.table({"a": pyarrow.array([1, 2, None, 4], pyarrow.int64())})
TEXTS = pyarrow.table({"a": ["x", "yy", "zzz", None]})


def with_header(frame, **changes):
    values = dict(zip(FIELDS, BXL.unpack_from(frame), strict=True))
    return BXL.pack(*(values | changes).values()) + frame[BXL.size :]


def body_of(frame):
    """Where it starts."""
    return BXL.size + BXL.unpack_from(frame)[5]


def with_bytes(frame, at, data):
    return frame[:at] + data + frame[at + len(data) :]


def send(*frames, more=False):
    for frame in frames:
        header = HEADER.pack(len(frame), FrameType.DATA, int(more), STREAM, DATA._sequence)
        DATA._sequence += 1
        DATA._socket.sendall(header + frame)


def send_and_wait(*frames):
    send(*frames)
    time.sleep(1000)


@ends("frame limits", "PROTOCOL_VIOLATION")
def sends_zeros():
    send_and_wait(bytes(64))


@ends("frame validation", "OUTPUT_INVALID")
def sends_another_version():
    send_and_wait(with_header(stream(NUMBERS)[0], magic=b"BXL2"))


@ends("frame validation", "OUTPUT_INVALID")
def starts_with_columns():
    send_and_wait(stream(NUMBERS)[1])


@ends("frame validation", "OUTPUT_INVALID")
def ends_before_it_starts():
    send_and_wait(stream(NUMBERS)[-1])


@ends("frame validation", "OUTPUT_INVALID")
def sends_a_kind_that_is_none():
    send_and_wait(with_header(stream(NUMBERS)[0], kind=9))


@ends("frame limits", "PROTOCOL_VIOLATION")
def announces_a_frame_of_all_memory():
    send_and_wait(with_header(stream(NUMBERS)[0], length=1 << 62, metadata=64, body=(1 << 62) - 128))


@ends("frame limits", "PROTOCOL_VIOLATION")
def announces_lengths_that_overflow():
    send_and_wait(with_header(stream(NUMBERS)[0], length=64, metadata=(1 << 32) - 64, body=(1 << 64) - (1 << 32) + 64))


@ends("frame validation", "OUTPUT_INVALID")
def announces_more_rows_than_there_are():
    schema, batch, *_ = stream(NUMBERS)
    send_and_wait(schema, with_header(batch, rows=1 << 40))


@ends("frame validation", "OUTPUT_INVALID")
def repeats_a_frame():
    schema, batch, *_ = stream(NUMBERS)
    send_and_wait(schema, batch, batch)


@ends("frame validation", "OUTPUT_INVALID")
def changes_its_schema():
    schema, *_ = stream(NUMBERS)
    send_and_wait(schema, with_header(stream(TEXTS)[0], number=1, so_far=len(schema)))


@ends("frame validation", "OUTPUT_INVALID")
def sends_what_is_no_metadata():
    schema = stream(NUMBERS)[0]
    send_and_wait(schema[:72] + b"\xff" * (len(schema) - 72))


@ends("frame validation", "OUTPUT_INVALID")
def points_out_of_the_metadata():
    schema = stream(NUMBERS)[0]
    send_and_wait(with_bytes(schema, 72, b"\xff\xff\xff\x7f"))


@ends("frame validation", "OUTPUT_INVALID")
def lets_texts_point_at_memory_behind_them():
    schema, batch, *_ = stream(TEXTS)
    offsets = batch.index(struct.pack("<5i", 0, 1, 3, 6, 6))
    send_and_wait(schema, with_bytes(batch, offsets + 16, struct.pack("<i", 0x7FFFFFF0)))


@ends("frame validation", "OUTPUT_INVALID")
def lets_texts_run_backwards():
    schema, batch, *_ = stream(TEXTS)
    offsets = batch.index(struct.pack("<5i", 0, 1, 3, 6, 6))
    send_and_wait(schema, with_bytes(batch, offsets + 4, struct.pack("<i", -8)))


@ends("frame validation", "OUTPUT_INVALID")
def sends_texts_that_are_none():
    schema, batch, *_ = stream(TEXTS)
    texts = batch.index(b"xyyzzz")
    send_and_wait(schema, with_bytes(batch, texts, b"\xff\xfe\xc0\x80\xed\xa0"))


@ends("frame validation", "OUTPUT_INVALID")
def lies_about_nulls():
    schema, batch, *_ = stream(NUMBERS)
    send_and_wait(schema, with_bytes(batch, body_of(batch), b"\0"))


@ends("frame validation", "OUTPUT_INVALID")
def points_at_entries_that_no_dictionary_has():
    table = pyarrow.table({"a": pyarrow.array(["x", "y"]).dictionary_encode()})
    schema, dictionary, batch, *_ = stream(table)
    indices = body_of(batch)
    send_and_wait(schema, dictionary, with_bytes(batch, indices, struct.pack("<2i", 0, 1 << 30)))


@ends("frame validation", "OUTPUT_INVALID")
def names_no_dictionary():
    table = pyarrow.table({"a": pyarrow.array(["x", "y"]).dictionary_encode()})
    schema, dictionary, batch, *_ = stream(table)
    send_and_wait(schema, with_header(batch, number=1, so_far=len(schema)))


@ends("frame validation", "OUTPUT_INVALID")
def ends_with_another_total():
    schema, batch, end = stream(NUMBERS)
    send_and_wait(schema, batch, with_header(end, rows=5))


@ends("frame validation", "OUTPUT_INVALID")
def compresses_nothing_into_a_bomb():
    options = pyarrow.ipc.IpcWriteOptions(compression="zstd")
    sink = pyarrow.BufferOutputStream()
    zeros = pyarrow.table({"a": [0] * (1 << 20)})
    with pyarrow.ipc.new_stream(sink, zeros.schema, options=options) as writer:
        writer.write_table(zeros)
    schema = stream(zeros)[0]
    written = sink.getvalue().to_pybytes()
    start = 8 + struct.unpack_from("<i", written, 4)[0]
    size = struct.unpack_from("<i", written, start + 4)[0]
    metadata = written[start : start + 8 + size] + bytes(-(8 + size) % 64)
    body = written[start + 8 + size : -8]
    body += bytes(-len(body) % 64)
    length = 64 + len(metadata) + len(body)
    header = BXL.pack(b"BXL1", 3, 0, 0, length, len(metadata), 0, len(body), 1 << 20, 1, 0, len(schema))
    send_and_wait(schema, header + metadata + body)


@ends("credit", "PROTOCOL_VIOLATION")
def sends_more_than_it_may():
    # A frame that is never complete: its memory is never granted.
    frame = with_header(stream(NUMBERS)[0], length=1 << 28, metadata=1 << 20, body=(1 << 28) - (1 << 20) - 64)
    send(frame + bytes((1 << 20) - len(frame)), more=True)
    while True:
        send(bytes(1 << 20), more=True)


@ends("fragments", "PROTOCOL_VIOLATION")
def sends_a_header_in_pieces():
    send_and_wait(stream(NUMBERS)[0][:32])


@ends("fragments", "PROTOCOL_VIOLATION")
def sends_empty_fragments():
    while True:
        send(b"", more=True)
