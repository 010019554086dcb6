# SPDX-License-Identifier: Apache-2.0
"""Forged frames on the satellite's own channels (each in a session of its own).

PROTOCOL.md says what is allowed; a script that finds the sockets of its satellite can send whatever it likes.
"""

import gc
import socket
import struct

from launchpad_satellite import launchpad_pb2 as pb
from launchpad_satellite.frames import HEADER, FrameType
from launchpad_satellite.split_channel import SplitChannel

CHANNEL = next(thing for thing in gc.get_objects() if isinstance(thing, SplitChannel))
CONTROL, DATA = CHANNEL.control_writer, CHANNEL.data_writer
EXECUTE = CHANNEL.execute
STREAM = EXECUTE.outputs[0].stream if EXECUTE.outputs else 1


def send(kind, payload=b"", *, writer=CONTROL, flags=0, stream=0, sequence=None, length=None):
    """One frame with a header of our choice, and the next one's sequence as it should be."""
    if sequence is None:
        sequence = writer._sequence
        writer._sequence += 1
    size = len(payload) if length is None else length
    writer._socket.sendall(HEADER.pack(size, kind, flags, stream, sequence) + payload)


def say(kind, message=None, **options):
    send(kind, b"" if message is None else message.SerializeToString(), **options)


def and_wait():
    """Nothing more may be needed for the answer."""
    time.sleep(1000)


@ends("frame limits", "PROTOCOL_VIOLATION")
def announces_more_than_there_can_be():
    send(FrameType.OUTPUT, length=(1 << 32) - 1)
    and_wait()


@ends("frame limits", "PROTOCOL_VIOLATION")
def announces_a_little_too_much():
    send(FrameType.OUTPUT, length=(1 << 16) + 1)
    and_wait()


@ends("frame limits", "PROTOCOL_VIOLATION")
def announces_too_long_a_fragment():
    send(FrameType.DATA, writer=DATA, stream=STREAM, length=(1 << 20) + 1)
    and_wait()


@ends("frame types", "PROTOCOL_VIOLATION")
def sends_a_type_that_is_none():
    send(0x7F)
    and_wait()


@ends("frame types", "PROTOCOL_VIOLATION")
def sends_a_flag_that_is_none():
    say(FrameType.PING, flags=0x80)
    and_wait()


@ends("sequence", "PROTOCOL_VIOLATION")
def replays_a_frame():
    send(FrameType.PING, sequence=CONTROL._sequence - 1)
    and_wait()


@ends("sequence", "PROTOCOL_VIOLATION")
def leaves_a_frame_out():
    send(FrameType.PING, sequence=CONTROL._sequence + 1)
    and_wait()


@ends("directions", "PROTOCOL_VIOLATION")
def says_hello_again():
    say(FrameType.HELLO, pb.Hello(version_min=1, version_max=1, role=pb.ROLE_SATELLITE))
    and_wait()


@ends("directions", "PROTOCOL_VIOLATION")
def says_hello_as_an_engine():
    say(FrameType.HELLO, pb.Hello(version_min=1, version_max=1, role=pb.ROLE_ENGINE, nonce=bytes(32)))
    and_wait()


@ends("directions", "PROTOCOL_VIOLATION")
def welcomes_the_service():
    say(FrameType.WELCOME, pb.Welcome(version=1, role=pb.ROLE_LAUNCHPAD))
    and_wait()


@ends("directions", "PROTOCOL_VIOLATION")
def authenticates():
    say(FrameType.AUTHENTICATED, pb.Authenticated(engine_id="victim"))
    and_wait()


@ends("directions", "PROTOCOL_VIOLATION")
def asks_the_service_to_run_a_script_as_the_victim():
    request = pb.Execute(request_id="hostile", principal="victim", language="Python", script=pb.Content(inline=b"1"))
    say(FrameType.EXECUTE, request)
    and_wait()


@ends("directions", "PROTOCOL_VIOLATION")
def cancels_its_own_request():
    say(FrameType.CANCEL, pb.Cancel(reason="hostile"))
    and_wait()


@ends("directions", "PROTOCOL_VIOLATION")
def queues_its_own_request():
    say(FrameType.QUEUED, pb.Queued())
    and_wait()


@ends("directions", "PROTOCOL_VIOLATION")
def reports_its_own_exit():
    say(FrameType.EXITED, pb.Exited(status=0))
    and_wait()


@ends("order", "PROTOCOL_VIOLATION")
def starts_twice_under_the_name_of_another_session():
    say(FrameType.STARTED, pb.Started(session_id="victim", account="launchpad01"))
    and_wait()


@ends("order", "SCRIPT_ERROR")
def is_cancelled_without_a_cancel():
    say(FrameType.CANCELLED, pb.Cancelled(reason="hostile"))
    and_wait()


@ends("messages", "PROTOCOL_VIOLATION")
def sends_what_is_no_message():
    send(FrameType.OUTPUT, b"\xff" * 100)
    and_wait()


@ends("messages", "PROTOCOL_VIOLATION")
def prints_under_a_channel_that_is_none():
    say(FrameType.OUTPUT, pb.Output(channel=77, source=1, text="hostile"))
    and_wait()


@ends("messages", "PROTOCOL_VIOLATION")
def pings_with_too_much():
    send(FrameType.PING, bytes(65))
    and_wait()


@ends("channels", "PROTOCOL_VIOLATION")
def sends_data_where_control_is():
    send(FrameType.DATA, bytes(64), stream=STREAM)
    and_wait()


@ends("channels", "PROTOCOL_VIOLATION")
def sends_control_where_data_is():
    say(FrameType.COMPLETED, pb.Completed(), writer=DATA)
    and_wait()


@ends("streams", "PROTOCOL_VIOLATION")
def sends_on_a_stream_that_is_none():
    send(FrameType.DATA, bytes(64), writer=DATA, stream=60_000)
    and_wait()


@ends("streams", "PROTOCOL_VIOLATION")
def sends_a_blob():
    send(FrameType.BLOB, bytes(64), writer=DATA, stream=STREAM)
    and_wait()


@ends("credit", "PROTOCOL_VIOLATION")
def grants_more_than_there_can_be():
    for _ in range(3):
        say(FrameType.CREDIT, pb.Credit(stream=STREAM, bytes=(1 << 63) - 1))
    and_wait()


@ends("totals", "RESULT_INCOMPLETE")
def completes_without_results():
    say(FrameType.COMPLETED, pb.Completed())
    os._exit(0)


@ends("totals", "RESULT_INCOMPLETE")
def completes_with_totals_of_its_choice():
    total = pb.StreamTotal(stream=STREAM, frames=1 << 40, rows=1 << 40, bytes=1 << 50)
    say(FrameType.COMPLETED, pb.Completed(outputs=[total]))
    os._exit(0)


@ends("deadline", "DEADLINE_EXCEEDED")
def completes_and_stays():
    # Results may come after this; nobody waits for them longer than for the rest.
    say(FrameType.COMPLETED, pb.Completed())
    and_wait()


@ends("exit report", "SCRIPT_EXITED")
def leaves_in_the_middle_of_a_frame():
    send(FrameType.OUTPUT, b"half", length=1000)
    os._exit(0)


@ends("exit report", "SCRIPT_EXITED")
def leaves_the_rest_of_a_frame_to_its_fork():
    # The fork has the socket too; it is gone with the session.
    control = os.dup(CONTROL._socket.fileno())
    os.set_inheritable(control, True)
    send(FrameType.OUTPUT, b"half", length=8)
    if os.fork() == 0:
        time.sleep(0.2)
        os.write(control, b"rest")
        time.sleep(1000)
    os._exit(0)


@ends("sequence", "PROTOCOL_VIOLATION")
def writes_with_its_fork_at_once():
    control = os.dup(CONTROL._socket.fileno())
    frame = HEADER.pack(0, FrameType.PING, 0, 0, CONTROL._sequence)
    if os.fork() == 0:
        os.write(control, frame)
        time.sleep(1000)
    os.write(control, frame)
    and_wait()


@ends("unread answers", "PROTOCOL_VIOLATION")
def pings_without_listening():
    CONTROL._socket.settimeout(3)
    while True:
        send(FrameType.PING, bytes(64))


@ends("frame types", "PROTOCOL_VIOLATION")
def speaks_to_the_broker():
    # KILL_ZYGOTE of BROKER.md, to whoever is at the other end of what it has.
    CONTROL._socket.sendall(struct.pack("<IIQQ", 3, 24, 1, 0))
    and_wait()


@ends("plain reads", "SCRIPT_ERROR")
def passes_descriptors_to_the_service():
    payload = b"hostile"
    frame = HEADER.pack(len(payload), FrameType.PING, 0, 0, CONTROL._sequence) + payload
    CONTROL._sequence += 1
    files = [os.open("/dev/zero", os.O_RDONLY) for _ in range(200)]
    socket.send_fds(CONTROL._socket, [frame], files)
    raise ValueError("all went well")


@ends("facts", "SCRIPT_ERROR")
def says_that_it_met_a_limit_of_its_own():
    error = pb.Error(number=58103, code="MEMORY_LIMIT", category=pb.ERROR_CATEGORY_RESOURCE, message="forged", signal=9)
    error.limit.CopyFrom(pb.LimitHit(name=f"limit {os.getpid()}", value=1, configuration_key="forged", usage=1))
    say(FrameType.FAILED, pb.Failed(error=error))
    and_wait()
