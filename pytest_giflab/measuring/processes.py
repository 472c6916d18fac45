"""Start fresh pytest processes that measure, and speak with them."""

from __future__ import annotations

import ctypes
import math
import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path

from pytest_giflab.errors import MeasurementError, in_words, is_of_full_disk
from pytest_giflab.measuring.channel import Channel, ChannelClosed, Door
from pytest_giflab.measuring.messages import Collected, Command, Finished, Instructions, Select, WorkerMessage, expected
from pytest_giflab.measuring.why import last_reason
from pytest_giflab.workspace import HAS_CURRENT_FOLDER, Scratch, elapsed_s, uninterrupted

TAIL_LINES = 15
# How long a process may take to end by itself; the same where threads keep it from that, or where others took longer.
END_S, LATE_END_S = 10.0, 1.0
POLL_S = 0.005
# Of personality(2).
ADDR_NO_RANDOMIZE, ASK_PERSONALITY = 0x0040000, 0xFFFFFFFF
# Imports the worker from where this session has it, whatever the project has under that name.
WORKER = "pytest_giflab.measuring.worker"
BOOT = f"import sys; sys.path.insert(0, sys.argv[1]); from {WORKER} import main; del sys.path[0]; main()"
OWN_PLACE = str(Path(__file__).parents[2])
# Libraries with thread pools of their own: on a shared machine their threads measure the neighbours.
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")


@dataclass(frozen=True, slots=True)
class Invocation:
    """How pytest is called: its arguments, the folder it is called in, the root of the node ids.

    `patience_s`: how long a process may be silent. `extra`: arguments that only the fresh processes get. `paths`: what
    to collect, where it is not what the arguments say. `python`: the interpreter. `original`, `tree`: the project is
    imported from `tree` instead of `original`. `keeps_code`: byte code is written beside the sources of `tree`.
    """

    arguments: tuple[str, ...]
    folder: Path
    root: Path
    patience_s: float
    extra: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    python: str = sys.executable
    original: Path | None = None
    tree: Path | None = None
    keeps_code: bool = True


class Lost(MeasurementError):
    """A process died or fell silent; the message says how."""


class OutOfTime(Exception):
    """The time for measuring is over."""


class Fresh:
    """A pytest process that measures, from its start to its end."""

    def __init__(
        self, name: str, invocation: Invocation, hash_seed: int, scratch: Scratch, deadline: float, *, duet: bool
    ) -> None:
        self.name = name
        self._deadline = deadline
        self._scratch = scratch
        self._invocation = invocation
        self._log = scratch.folder / f"{name}.txt"
        # What its code leaves in the folder for temporary files goes with the session.
        temporary = scratch.folder / f"{name}-temp"
        temporary.mkdir(exist_ok=True)
        door = Door()
        command = [invocation.python, "-P", "-c", BOOT, OWN_PLACE, door.address]
        try:
            with self._log.open("wb") as log, fixed_addresses() if duet else nullcontext():
                self._process = subprocess.Popen(
                    command,
                    cwd=invocation.folder,
                    env={**_environment(invocation, hash_seed, temporary), **door.environment},
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    pass_fds=door.descriptors,
                    start_new_session=True,  # Ctrl-C reaches the session alone, which then ends this process itself
                )
            scratch.guard(self._process.pid)
            self._channel: Channel = door.open()
        except OSError as error:
            door.close()
            reason = in_words(error) if is_of_full_disk(error) else error.strerror
            raise MeasurementError(f"cannot start {invocation.python}: {reason}") from error
        self.tell(self._instructions(hash_seed if duet else None))

    def _instructions(self, layout: int | None) -> Instructions:
        invocation = self._invocation
        # In one word each: pytest looks for the root folder above all words that are paths.
        own = (f"--rootdir={invocation.root}", f"--basetemp={self._scratch.folder / f'{self.name}-files'}")
        return Instructions(
            arguments=(*invocation.arguments, *own, *invocation.extra),
            paths=invocation.paths,
            with_folder=HAS_CURRENT_FOLDER,
            original=str(invocation.original) if invocation.original else None,
            tree=str(invocation.tree) if invocation.tree else None,
            own_environment=invocation.python != sys.executable,
            parent=os.getpid(),
            layout=layout,
            cores=tuple(cores()),
        )

    def receive(self) -> WorkerMessage:
        """What it says next.

        Raises Lost if it is dead or silent for longer than patience lasts, OutOfTime if time is over before it says
        anything, MeasurementError if it makes no sense.
        """
        left_s = max(0.001, self._deadline - elapsed_s())
        try:
            return expected(self._channel.receive(min(left_s, self._invocation.patience_s)), WorkerMessage)
        except TimeoutError as error:
            if left_s < self._invocation.patience_s:
                raise OutOfTime from error
            why = f"its process said nothing for {self._invocation.patience_s:g} s (ini key giflab_timeout)"
            raise Lost(why) from error
        except ChannelClosed as error:
            self.wait()
            raise Lost(f"its process ended with {self._ending()}", last_reason(self._said())) from error

    def tell(self, message: Instructions | Select | Command) -> None:
        """Send it a message; if it is dead, `receive` will say so."""
        with suppress(ChannelClosed):
            self._channel.send(message)

    def collect(self) -> Collected:
        """What it collected; raises MeasurementError, with its last words, if it did not get that far."""
        try:
            first = self.receive()
        except Lost as error:
            raise self._gave_up(self._why(error)) from error
        if isinstance(first, Finished):
            self.wait()
            raise self._gave_up(self._ending())
        return expected(first, Collected)

    def _gave_up(self, why: str) -> MeasurementError:
        end = "\n".join(self._said().rstrip().splitlines()[-TAIL_LINES:])
        whose = f"a fresh pytest process for {self.name}" if self._invocation.tree else "a fresh pytest process"
        said = f"{last_reason(self._said())}\n{end}" if end else ""
        return MeasurementError(f"{whose} ended before any test: {why}", said)

    def _why(self, error: Lost) -> str:
        return self._ending() if self._process.returncode is not None else error.reason

    def end(self) -> None:
        """Kill it and what it may have left running."""
        self._process.kill()
        self._scratch.kill(self._process.pid)
        self._process.wait()
        self._channel.__exit__()

    def finish(self) -> Finished:
        """Hear it to its end; the last it says. Nothing of it is missing if it dies over that."""
        last = Finished(strays=())
        with suppress(Lost):
            while not isinstance(event := self.receive(), Finished):
                pass
            last = event
        return last

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def wait(self) -> None:
        """Let it end by itself, for a while."""
        let_end([self])

    def _said(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")

    def _ending(self) -> str:
        code = self._process.returncode
        if code is None:
            return "a closed connection"
        return f"signal {-code} ({signal.strsignal(-code)})" if code < 0 else f"exit status {code}"


def let_end(processes: Collection[Fresh], limit_s: float = END_S) -> bool:
    """Let them end by themselves, all at once, for so long; whether they did."""
    until, pause = elapsed_s() + limit_s, threading.Event()
    while is_late := any(each.is_running for each in processes):
        if elapsed_s() >= until:
            break
        pause.wait(POLL_S)  # by a clock that no conftest.py can freeze
    return not is_late


@contextmanager
def started(
    invocations: Mapping[str, Invocation], scratch: Scratch, *, duet: bool = False, deadline: float = math.inf
) -> Iterator[dict[str, Fresh]]:
    """A process for each name, all with the same hash seed; they and their children end with the block.

    `deadline`: by `elapsed_s`; no word of theirs is awaited for longer.
    """
    # Each set has its own layout of dictionaries and sets: part of what a benchmark's time depends on.
    hash_seed = random.SystemRandom().randrange(2**32)
    processes: dict[str, Fresh] = {}
    try:
        for name, invocation in invocations.items():
            with uninterrupted():
                processes[name] = Fresh(name, invocation, hash_seed, scratch, deadline, duet=duet)
        yield processes
    finally:
        for process in processes.values():
            process.end()


@contextmanager
def fixed_addresses() -> Iterator[None]:
    """Processes started inside have no addresses of their own choice (Linux, where it is allowed).

    The layout of memory moves some benchmarks by 20 %. Both sides get the same one, which changes from pair to pair.
    """
    before = _personality(ASK_PERSONALITY)
    changed = before >= 0 and _personality(before | ADDR_NO_RANDOMIZE) >= 0
    try:
        yield
    finally:
        if changed:
            _personality(before)


def _personality(wanted: int) -> int:
    """What processes started from now on are like, personality(2); below 0 if the system does not have it."""
    call = getattr(ctypes.CDLL(None), "personality", None) if sys.platform == "linux" else None
    return int(call(ctypes.c_ulong(wanted))) if call else -1


def cores() -> list[int]:
    """The processors that this process may use, by number; none if the system cannot pin."""
    return sorted(os.sched_getaffinity(0)) if sys.platform == "linux" else []


def _environment(invocation: Invocation, hash_seed: int, temporary: Path) -> dict[str, str]:
    environment = {**dict.fromkeys(ONE_THREAD, "1"), **os.environ}
    for name in [name for name in environment if name.startswith("PYTEST_XDIST_")]:
        del environment[name]  # a process of our own does not belong to pytest-xdist, wherever the session runs
    if invocation.tree and invocation.keeps_code:
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # a snapshot is ours to write in, and compiled once
    elif invocation.tree:
        environment["PYTHONDONTWRITEBYTECODE"] = "1"
    # Of the same length on both sides: it moves the stack.
    paths = {"PWD": str(invocation.folder), "TMPDIR": str(temporary)}
    return {**environment, **paths, "PYTHONHASHSEED": str(hash_seed)}
