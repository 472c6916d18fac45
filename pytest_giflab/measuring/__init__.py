"""Measure benchmarks in fresh pytest processes.

1. `messages`: what the session and the processes say to each other; `reading` parses it, `channel` carries it.
2. `clocks`: what is read round the calls; `system`: what tests cannot replace.
3. `workload`: what a benchmark does, played in turns.
4. `fixture`: pytest-benchmark's, with rounds of our own.
5. `worker`: the plugin of a process that measures; `telling`: what it passes on of GIFs.
6. `outcome`: what became of a benchmark there.
7. `processes`: start them, speak with them; `why`: what they said last; `recording`: one after the other.
"""

from typing import TYPE_CHECKING

from giflab_core import lazy

if TYPE_CHECKING:
    from pytest_giflab.measuring.clocks import cpu_ns as cpu_ns
    from pytest_giflab.measuring.clocks import cpu_seconds_of_children as cpu_seconds_of_children
    from pytest_giflab.measuring.fixture import run_once as run_once
    from pytest_giflab.measuring.messages import Begin as Begin
    from pytest_giflab.measuring.messages import BenchmarkEnded as BenchmarkEnded
    from pytest_giflab.measuring.messages import Calibrate as Calibrate
    from pytest_giflab.measuring.messages import Calibrated as Calibrated
    from pytest_giflab.measuring.messages import Collected as Collected
    from pytest_giflab.measuring.messages import Command as Command
    from pytest_giflab.measuring.messages import Finished as Finished
    from pytest_giflab.measuring.messages import Leave as Leave
    from pytest_giflab.measuring.messages import Plan as Plan
    from pytest_giflab.measuring.messages import PlayTurn as PlayTurn
    from pytest_giflab.measuring.messages import Ready as Ready
    from pytest_giflab.measuring.messages import Select as Select
    from pytest_giflab.measuring.messages import TurnPlayed as TurnPlayed
    from pytest_giflab.measuring.messages import WarmedUp as WarmedUp
    from pytest_giflab.measuring.messages import WarmUp as WarmUp
    from pytest_giflab.measuring.messages import WorkerMessage as WorkerMessage
    from pytest_giflab.measuring.outcome import Outcome as Outcome
    from pytest_giflab.measuring.processes import END_S as END_S
    from pytest_giflab.measuring.processes import LATE_END_S as LATE_END_S
    from pytest_giflab.measuring.processes import Fresh as Fresh
    from pytest_giflab.measuring.processes import Invocation as Invocation
    from pytest_giflab.measuring.processes import Lost as Lost
    from pytest_giflab.measuring.processes import OutOfTime as OutOfTime
    from pytest_giflab.measuring.processes import cores as cores
    from pytest_giflab.measuring.processes import let_end as let_end
    from pytest_giflab.measuring.processes import started as started
    from pytest_giflab.measuring.recording import PROCESSES as PROCESSES
    from pytest_giflab.measuring.recording import record as record
    from pytest_giflab.measuring.why import Fault as Fault
    from pytest_giflab.measuring.why import what_kept_from as what_kept_from
    from pytest_giflab.measuring.workload import TURN_NS as TURN_NS

lazy.exports(
    __name__,
    {
        "clocks": ("cpu_ns", "cpu_seconds_of_children"),
        "fixture": ("run_once",),
        "messages": (
            "Begin",
            "BenchmarkEnded",
            "Calibrate",
            "Calibrated",
            "Collected",
            "Command",
            "WorkerMessage",
            "Finished",
            "Leave",
            "Plan",
            "PlayTurn",
            "Ready",
            "Select",
            "TurnPlayed",
            "WarmUp",
            "WarmedUp",
        ),
        "outcome": ("Outcome",),
        "processes": ("END_S", "LATE_END_S", "Fresh", "Invocation", "Lost", "OutOfTime", "cores", "let_end", "started"),
        "recording": ("PROCESSES", "record"),
        "why": ("Fault", "what_kept_from"),
        "workload": ("TURN_NS",),
    },
)
