"""Messages between processes: whole, in order, and only from who knows the secret."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from pytest_giflab.errors import MeasurementError
from pytest_giflab.measuring.channel import Channel, ChannelClosed, Door, connect
from pytest_giflab.measuring.messages import Leave, Message, Reported


@pytest.fixture(params=[True, False], ids=["inherited", "loopback"])
def ends(request: pytest.FixtureRequest) -> Iterator[tuple[Channel, Channel]]:
    """Both ends of a channel."""
    if request.param:
        one, other = map(Channel, socket.socketpair())
    else:
        door = Door(inherited=False)
        far: list[Channel] = []
        os.environ.update(door.environment)
        thread = threading.Thread(target=lambda: far.append(connect(door.address)))
        thread.start()
        one = door.open()
        thread.join()
        (other,) = far
    with one, other:
        yield one, other


def test_messages_arrive_whole_and_in_order(ends: tuple[Channel, Channel]) -> None:
    one, other = ends
    large = Leave("é\n" * 200_000)
    messages: list[Message] = [large, Leave("2")]
    thread = threading.Thread(target=lambda: list(map(one.send, messages)))
    thread.start()
    assert other.receive(10) == large
    assert other.receive(10) == Leave("2")
    thread.join()


def test_what_json_does_not_know_is_told_as_text(ends: tuple[Channel, Channel]) -> None:
    ends[0].send(Reported("t.py::test", {"path": Path("a")}))
    assert ends[1].receive(1) == Reported("t.py::test", {"path": "a"})


def test_silence_ends_in_a_time_out(ends: tuple[Channel, Channel]) -> None:
    with pytest.raises(TimeoutError):
        ends[0].receive(0.05)


def test_a_time_out_loses_no_part_of_a_message(ends: tuple[Channel, Channel]) -> None:
    one, other = ends
    one._socket.sendall(b'{"kind": "Leave", "id"')
    with pytest.raises(TimeoutError):
        other.receive(0.05)
    one._socket.sendall(b': "1"}\n')
    assert other.receive(1) == Leave("1")


def test_the_end_of_the_other_side_is_noticed(ends: tuple[Channel, Channel]) -> None:
    one, other = ends
    one.send(Leave("last"))
    one.__exit__()
    assert other.receive(1) == Leave("last")
    with pytest.raises(ChannelClosed):
        other.receive(1)
    with pytest.raises(ChannelClosed):
        tuple(map(other.send, [Leave("x" * 100_000)] * 100))


@pytest.mark.parametrize(
    "said", [b"", b"0", b"guess" * 100, b"[]\n", "é".encode() * 16, b'{"kind": "Leave", "id": "1"}\n'], ids=repr
)
def test_a_stranger_is_turned_away_and_not_waited_for(said: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    door = Door(inherited=False)
    monkeypatch.setenv(*next(iter(door.environment.items())))
    port = int(door.address.partition(":")[2])
    with socket.create_connection(("127.0.0.1", port)) as stranger:
        stranger.sendall(said)
        friends: list[Channel] = []
        thread = threading.Thread(target=lambda: friends.append(connect(door.address)))
        thread.start()
        with door.open(limit_s=10) as channel:
            thread.join()
            with friends[0] as friend:
                friend.send(Leave("I am right"))
                assert channel.receive(5) == Leave("I am right")
        stranger.settimeout(5)
        with suppress(ConnectionResetError):
            assert stranger.recv(1) == b""


def test_a_word_now_and_then_keeps_no_door_open() -> None:
    door = Door(inherited=False)
    secret = next(iter(door.environment.values())).encode()
    port = int(door.address.partition(":")[2])

    def trickle() -> None:
        with socket.create_connection(("127.0.0.1", port)) as stranger, suppress(OSError):
            for place in range(len(secret) - 1):
                stranger.sendall(secret[place : place + 1])
                time.sleep(0.05)

    thread = threading.Thread(target=trickle)
    thread.start()
    with pytest.raises(MeasurementError, match=r"did not connect within 0\.5 s"):
        door.open(limit_s=0.5)
    thread.join()


def test_the_secret_is_not_among_the_arguments_that_everybody_can_read() -> None:
    door = Door(inherited=False)
    (secret,) = door.environment.values()
    assert secret not in door.address
    door.close()


def test_a_message_that_trickles_in_is_not_waited_for(ends: tuple[Channel, Channel]) -> None:
    one, other = ends
    stop = threading.Event()

    def trickle() -> None:
        while not stop.wait(0.02):
            one._socket.sendall(b" ")

    thread = threading.Thread(target=trickle)
    thread.start()
    with pytest.raises(TimeoutError):
        other.receive(0.2)
    stop.set()
    thread.join()
