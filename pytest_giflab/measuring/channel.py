"""Carry messages between a session and the processes it starts: JSON objects, one a line, over a socket."""

from __future__ import annotations

import math
import os
import secrets
import select
import socket
import sys
from contextlib import suppress
from typing import Self

from pytest_giflab.errors import MeasurementError
from pytest_giflab.measuring.messages import Message, from_json, to_json
from pytest_giflab.workspace import elapsed_s

CONNECT_S = 60.0
SECRET, SECRET_BYTES = "GIFLAB_SECRET", 32
# So many may call at once without having said anything; the first of more are turned away.
MOST_CALLERS = 100
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
        until = math.inf if timeout_s is None else elapsed_s() + timeout_s
        while (end := self._received.find(b"\n")) < 0:
            try:
                left_s = until - elapsed_s()
                if left_s <= 0:
                    raise TimeoutError
                self._socket.settimeout(None if math.isinf(left_s) else left_s)
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
    """The way into a session for one process: `address` and `environment` go to the process, `open` waits for it.

    A pair of sockets of which the process inherits one. Where it cannot, a loopback port, which every process of the
    machine can reach, and a secret that the process must say first; only its own user can read that.
    """

    def __init__(self, *, inherited: bool = HAS_SOCKET_PAIRS) -> None:
        self.descriptors: tuple[int, ...] = ()
        self.environment: dict[str, str] = {}
        if inherited:
            self._near, self._far = socket.socketpair()
            self.descriptors = (self._far.fileno(),)
            self.address = f"descriptor:{self._far.fileno()}"
        else:
            self.environment = {SECRET: secrets.token_hex(SECRET_BYTES // 2)}
            self._near = socket.create_server(("127.0.0.1", 0), backlog=MOST_CALLERS)
            self.address = f"port:{self._near.getsockname()[1]}"

    def close(self) -> None:
        """Close what the session holds of it."""
        self._near.close()
        if self.descriptors:
            self._far.close()

    def open(self, limit_s: float = CONNECT_S) -> Channel:
        """The session's end; call it when the process has been started. Raises MeasurementError if it stays away."""
        if self.descriptors:
            self._far.close()
            return Channel(self._near)
        with self._near as server:
            return Channel(_admit(server, self.environment[SECRET].encode(), limit_s))


def _admit(server: socket.socket, secret: bytes, limit_s: float) -> socket.socket:
    """The connection whose first bytes are the secret; nobody else is listened to, nor waited for.

    Raises MeasurementError if none comes in time.
    """
    end = elapsed_s() + limit_s
    server.setblocking(False)  # who has called may be gone
    said: dict[socket.socket, bytes] = {}
    try:
        while (left_s := end - elapsed_s()) > 0:
            for caller in select.select([server, *said], [], [], left_s)[0]:
                with suppress(OSError):
                    if caller is server:
                        said[server.accept()[0]] = b""
                        continue
                    part = caller.recv(len(secret) - len(said[caller]))
                    said[caller] += part
                    if part and secrets.compare_digest(said[caller], secret):
                        del said[caller]
                        return caller
                    if part and secret.startswith(said[caller]):
                        continue
                if caller is not server:
                    del said[caller]
                    caller.close()
            for stranger in list(said)[:-MOST_CALLERS]:
                del said[stranger]
                stranger.close()
        raise MeasurementError(f"a process did not connect within {limit_s:g} s")
    finally:
        for stranger in said:
            stranger.close()


def connect(address: str) -> Channel:
    """The process's end of the channel to the session that gave it `address`, and its environment."""
    kind, _, number = address.partition(":")
    if kind == "descriptor":
        os.set_inheritable(int(number), False)  # its own children have no business with it
        return Channel(socket.socket(fileno=int(number)))
    secret = os.environ.pop(SECRET)
    connection = socket.create_connection(("127.0.0.1", int(number)), CONNECT_S)
    connection.sendall(secret.encode())
    return Channel(connection)
