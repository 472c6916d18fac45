"""Carry messages between a session and the processes it starts: JSON objects, one a line, over a socket."""

from __future__ import annotations

import os
import secrets
import socket
import sys
from contextlib import suppress
from typing import Self

from pytest_giflab.errors import MeasurementError
from pytest_giflab.measuring.messages import Hello, Message, from_json, to_json

CONNECT_S = 60.0
HAS_SOCKET_PAIRS = sys.platform != "win32"


class ChannelClosed(MeasurementError):
    """The other end is gone."""


class Channel:
    """One end of a connection. Everything that is sent arrives whole and in order, or the channel is closed."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._received = bytearray()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def send(self, message: Message) -> None:
        """Raises ChannelClosed if nobody is listening any more."""
        data = to_json(message) + b"\n"
        try:
            self._socket.settimeout(None)
            self._socket.sendall(data)
        except OSError as error:
            raise ChannelClosed(f"the connection is lost: {error.strerror}") from error

    def receive(self, timeout_s: float | None = None) -> Message:
        """The next message.

        Raises TimeoutError if none is complete in time, ChannelClosed if none will come, MeasurementError if what comes
        is not a message.
        """
        while (end := self._received.find(b"\n")) < 0:
            self._socket.settimeout(timeout_s)
            try:
                part = self._socket.recv(1 << 16)
            except TimeoutError:
                raise
            except OSError as error:
                raise ChannelClosed(f"the connection is lost: {error.strerror}") from error
            if not part:
                raise ChannelClosed("the other process has closed the connection")
            self._received += part
        line = bytes(self._received[:end])
        del self._received[: end + 1]
        return from_json(line)


class Door:
    """The way into a session for one process: `address` goes to the process, `open` waits for it.

    A pair of sockets of which the process inherits one. Where it cannot, a loopback port and a secret that the process
    must say first.
    """

    def __init__(self, *, inherited: bool = HAS_SOCKET_PAIRS) -> None:
        self.descriptors: tuple[int, ...] = ()
        self._secret = ""
        if inherited:
            self._near, self._far = socket.socketpair()
            self.descriptors = (self._far.fileno(),)
            self.address = str(self._far.fileno())
        else:
            self._secret = secrets.token_hex(16)
            self._near = socket.create_server(("127.0.0.1", 0))
            self.address = f"{self._near.getsockname()[1]}:{self._secret}"

    def close(self) -> None:
        """Close what the session holds of it."""
        self._near.close()
        if self.descriptors:
            self._far.close()

    def open(self) -> Channel:
        """The session's end; call it when the process has been started. Raises MeasurementError if it stays away."""
        if self.descriptors:
            self._far.close()
            return Channel(self._near)
        with self._near as server:
            server.settimeout(CONNECT_S)
            while True:
                try:
                    connection, _ = server.accept()
                except OSError as error:
                    raise MeasurementError(f"a process did not connect within {CONNECT_S:g} s") from error
                channel = Channel(connection)
                with suppress(MeasurementError, TimeoutError):
                    said = channel.receive(1.0)
                    if isinstance(said, Hello) and secrets.compare_digest(said.secret.encode(), self._secret.encode()):
                        return channel
                connection.close()


def connect(address: str) -> Channel:
    """The process's end of the channel to the session that gave it `address`."""
    port, _, secret = address.partition(":")
    if not secret:
        os.set_inheritable(int(port), False)  # its own children have no business with it
        return Channel(socket.socket(fileno=int(port)))
    channel = Channel(socket.create_connection(("127.0.0.1", int(port)), CONNECT_S))
    channel.send(Hello(secret))
    return channel
