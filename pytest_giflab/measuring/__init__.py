"""Measure benchmarks in fresh pytest processes.

1. `channel`: messages between the session and the processes.
2. `fixture`: pytest-benchmark's, with rounds of our own, played in turns.
3. `worker`: the plugin of a process that measures.
4. `outcome`: what became of a benchmark there.
5. `processes`: start them, speak with them; `recording`: one after the other.
"""

from typing import TYPE_CHECKING

from giflab_core import lazy

if TYPE_CHECKING:
    from pytest_giflab.measuring.channel import Message as Message
    from pytest_giflab.measuring.fixture import NO_TURNS as NO_TURNS
    from pytest_giflab.measuring.fixture import TURN_NS as TURN_NS
    from pytest_giflab.measuring.fixture import cpu_seconds_of_children as cpu_seconds_of_children
    from pytest_giflab.measuring.outcome import Outcome as Outcome
    from pytest_giflab.measuring.outcome import to_benchmark as to_benchmark
    from pytest_giflab.measuring.processes import Fresh as Fresh
    from pytest_giflab.measuring.processes import Invocation as Invocation
    from pytest_giflab.measuring.processes import Lost as Lost
    from pytest_giflab.measuring.processes import cores as cores
    from pytest_giflab.measuring.processes import started as started
    from pytest_giflab.measuring.recording import PROCESSES as PROCESSES
    from pytest_giflab.measuring.recording import record as record

lazy.exports(
    __name__,
    {
        "channel": ("Message",),
        "fixture": ("NO_TURNS", "TURN_NS", "cpu_seconds_of_children"),
        "outcome": ("Outcome", "to_benchmark"),
        "processes": ("Fresh", "Invocation", "Lost", "cores", "started"),
        "recording": ("PROCESSES", "record"),
    },
)
