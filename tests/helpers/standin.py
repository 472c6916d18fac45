"""A GitHub of our own: emulate keeps the state, and a front before it records, fails on demand, and has artifacts."""

from __future__ import annotations

import http.client
import json
import re
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import github
import pytest

from tests.helpers.tools import require_node_module, require_tool

OWNER, FORKER, BOT = "octo", "mallory", "github-actions[bot]"
REPOSITORY = f"{OWNER}/suite"
TOKENS = {OWNER: "owner-token", FORKER: "fork-token", BOT: "bot-token"}
PART = 1 << 16
JSON = {"Content-Type": "application/json"}
SEED = {
    "tokens": {token: {"login": login, "scopes": ["repo", "user"]} for login, token in TOKENS.items()},
    "github": {
        "users": [{"login": login, "name": login, "email": f"{token}@example.org"} for login, token in TOKENS.items()],
        "repos": [{"owner": OWNER, "name": "suite", "auto_init": True}],
    },
}


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody sent."""

    method: str
    path: str
    body: Any
    token: str


@dataclass(slots=True)
class Fault:
    """What the front answers the bot instead, to its next `times` requests that match.

    `hangs`: how many seconds it says nothing. `after`: emulate does what it was asked, but its answer is lost.
    """

    method: str
    path: str
    status: int = 500
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = field(default_factory=dict)
    times: int = 1
    hangs: float = 0
    after: bool = False


@dataclass(frozen=True, slots=True)
class Artifact:
    """What a run has uploaded; `size`: what GitHub says of it."""

    name: str
    data: bytes
    size: int
    expired: bool


class StandIn:
    """The front at `url`, and what passed through it."""

    def __init__(self, backend: int) -> None:
        self.backend = backend
        self.requests: list[Request] = []
        self.faults: list[Fault] = []
        self.sent_bytes = 0
        self.artifacts: dict[int, list[Artifact]] = {}
        self.runs: dict[int, dict[str, Any]] = {}
        self.permissions = {OWNER: "admin"}
        self.server = _Server(("127.0.0.1", 0), _Handler)
        self.server.owner = self
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        # Another host, as GitHub's storage is.
        self.storage = f"http://localhost:{self.server.server_port}"

    def sent(self, method: str, path: str) -> list[Request]:
        """The requests that match."""
        return [each for each in self.requests if each.method == method and re.fullmatch(path, each.path)]

    def upload(
        self, run: int, data: bytes, name: str = "giflab-gate", size: int | None = None, *, expired: bool = False
    ) -> None:
        """What `actions/upload-artifact` does in a run: this hop is stubbed, emulate has no uploads."""
        self.artifacts.setdefault(run, []).append(Artifact(name, data, len(data) if size is None else size, expired))

    def client(self, login: str) -> github.Github:
        """PyGithub, as this user."""
        return github.Github(
            auth=github.Auth.Token(TOKENS[login]),
            base_url=self.url,
            retry=0,
            seconds_between_requests=0,
            seconds_between_writes=0,
        )


class _Server(ThreadingHTTPServer):
    owner: StandIn
    daemon_threads = True


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # which makes each answer wait 40 ms for the client's word on its headers

    def log_message(self, format: str, *arguments: object) -> None:
        """Nothing."""

    def do_GET(self) -> None:
        self._answer()

    do_POST = do_PATCH = do_PUT = do_DELETE = do_GET  # noqa: N815

    def _answer(self) -> None:
        owner = self.server.owner
        data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = self.path.partition("?")[0]
        token = self.headers.get("Authorization", "")
        owner.requests.append(Request(self.command, path, json.loads(data) if data else None, token))
        fault = next(
            (each for each in owner.faults if _matches(each, self.command, path) and TOKENS[OWNER] not in token), None
        )
        if fault:
            fault.times -= 1
            if fault.after:
                self._forward(data)
            time.sleep(fault.hangs)
            body = fault.body if isinstance(fault.body, bytes) else json.dumps(fault.body).encode()
            self._send(fault.status, body, {**JSON, **fault.headers})
        elif not self._artifacts(path) and not self._people(path):
            self._send(*self._forward(data))

    def _artifacts(self, path: str) -> bool:
        """Answer what is asked of runs and their artifacts."""
        owner = self.server.owner
        if match := re.fullmatch(r"(/repos/[^/]+/[^/]+/actions)/runs/(\d+)(/artifacts)?", path):
            run = int(match[2])
            rows = [
                {"id": 100 * run + place, "name": each.name, "size_in_bytes": each.size, "expired": each.expired}
                for place, each in enumerate(owner.artifacts.get(run, []))
            ]
            address = owner.url + path
            alone = {"id": run, "url": address, "artifacts_url": f"{address}/artifacts", **owner.runs.get(run, {})}
            found = {"total_count": len(rows), "artifacts": rows} if match[3] else alone
            self._send(200, json.dumps(found).encode(), JSON)
        elif match := re.fullmatch(r"/repos/[^/]+/[^/]+/actions/artifacts/(\d+)/zip", path):
            self._send(302, b"", {"Location": f"{owner.storage}/storage/{match[1]}"})
        elif match := re.fullmatch(r"/storage/(\d+)", path):
            run, place = divmod(int(match[1]), 100)
            self._send(200, owner.artifacts[run][place].data, {"Content-Type": "application/zip"})
        else:
            return False
        return True

    def _people(self, path: str) -> bool:
        """Answer who may do what, as GitHub does of a public repository, and take reactions: emulate does neither."""
        if match := re.fullmatch(r"/repos/[^/]+/[^/]+/collaborators/([^/]+)/permission", path):
            permission = self.server.owner.permissions.get(unquote(match[1]), "read")
            self._send(200, json.dumps({"permission": permission}).encode(), JSON)
        elif re.fullmatch(r"/repos/[^/]+/[^/]+/issues/comments/\d+/reactions", path):
            self._send(201, json.dumps({"id": 1, "content": "+1"}).encode(), JSON)
        else:
            return False
        return True

    def _forward(self, data: bytes) -> tuple[int, bytes, dict[str, str]]:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.owner.backend, timeout=30)
        headers = {name: value for name, value in self.headers.items() if name.lower() != "connection"}
        connection.request(self.command, self.path, data or None, headers)
        answer = connection.getresponse()
        kept = {name: value for name, value in answer.getheaders() if name.lower() in ("content-type", "link")}
        found = answer.status, answer.read(), kept
        connection.close()
        return found

    def _send(self, status: int, data: bytes, headers: dict[str, str]) -> None:
        with suppress(ConnectionError):  # whoever asked may have given up
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            for start in range(0, len(data), PART):
                self.wfile.write(data[start : start + PART])
                self.server.owner.sent_bytes += len(data[start : start + PART])


def _matches(fault: Fault, method: str, path: str) -> bool:
    return fault.times > 0 and fault.method == method and re.fullmatch(fault.path, path) is not None


@contextmanager
def stand_in(folder: Path) -> Iterator[StandIn]:
    """A GitHub with one repository; skipped or failed where node or emulate are absent."""
    node, program = require_tool("node"), require_node_module("emulate") / "dist" / "index.js"
    seed = folder / "seed.json"
    seed.write_text(json.dumps(SEED))
    backend = free_port()
    found = StandIn(backend)
    command = [node, str(program), "start", "--service", "github", "--port", str(backend), "--seed", str(seed)]
    log = folder / "emulate.log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [*command, "--base-url", found.url], stdout=stream, stderr=subprocess.STDOUT, cwd=folder
        )
    thread = threading.Thread(target=found.server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        wait_for(backend, process, log)
        yield found
    finally:
        process.kill()
        process.wait()
        found.server.shutdown()
        found.server.server_close()
        thread.join()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, process: subprocess.Popen[bytes], log: Path, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail(f"emulate did not start: {log.read_text()}")
