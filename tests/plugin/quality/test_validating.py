"""The fixture `giflab_validate`, as a project's tests use it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from tests.helpers.gifs import Indices, moving_frames, write_clip
from tests.helpers.projects import ONCE, Project, Run

FRAMES = moving_frames(6)
PLAIN = """
def test_gif(giflab_validate):
    report = giflab_validate("original.gif", "small.gif")
    assert report.metrics["ssim"].mean > 0
"""
HELD = """
def test_gif(giflab_validate):
    giflab_validate("original.gif", "small.gif", baseline="a clip/1")
"""


def noisy(level: int) -> list[Indices]:
    noise = np.random.default_rng(level).integers(-level, level + 1, FRAMES[0].shape)
    return [np.clip(frame.astype(int) + noise, 0, 255).astype(np.uint8) for frame in FRAMES]


class Suite:
    """A project whose test validates a GIF."""

    def __init__(self, folder: Path, test: str) -> None:
        self.project = Project(folder / "project")
        self.folder = self.project.folder
        self.cache = folder / "cache"
        self.project.write({"test_gif.py": test, "pytest.ini": "[pytest]\n"})
        write_clip(self.folder / "original.gif", FRAMES)
        self.compress(FRAMES)

    def compress(self, frames: Sequence[Indices]) -> None:
        write_clip(self.folder / "small.gif", frames)

    def run(self, *arguments: str, **environment: str) -> Run:
        return self.project.run(*arguments, GIFLAB_CACHE_DIR=str(self.cache), **environment)

    @property
    def approved(self) -> Path:
        return self.folder / ".giflab" / "quality" / "a%20clip%2F1.json"


def test_a_good_gif_passes_and_leaves_nothing(tmp_path: Path) -> None:
    suite = Suite(tmp_path, PLAIN)
    run = suite.run()
    assert run.status == 0, run.said
    assert not (suite.folder / ".giflab").exists()
    assert "giflab: quality" not in run.said


def test_a_bad_gif_fails_with_its_worst_moment_and_saves_the_report(tmp_path: Path) -> None:
    suite = Suite(tmp_path, PLAIN)
    suite.compress([*FRAMES[:3], np.zeros_like(FRAMES[0]), *FRAMES[4:]])
    run = suite.run("--giflab-artifacts=kept")
    assert run.status == 1
    assert "giflab: small.gif fails against original.gif" in run.said
    assert "worst moment: quality" in run.said
    assert "at 300 ms, in frame 3 of the original" in run.said
    (saved,) = (suite.folder / "kept").glob("*/report.json")
    assert json.loads(saved.read_text())["status"] == "fail"
    assert saved.parent.name.startswith("test_gif-py-test_gif-small-gif-")
    assert f"saved {saved.with_name('report.html')}" in run.said
    assert {each.name for each in saved.parent.iterdir()} == {"report.json", "report.html", "diff.gif"}


CALLS = {
    "limit": '"noisy.gif", ssim=0.999',
    "limit_of_the_worst": '"noisy.gif", ssim_p01=0.999',
    "limit_on_another_metric": '"noisy.gif", edge=0.999',
    "missing": '"nothere.gif"',
    "settings_twice": '"small.gif", config=giflab_core.resolve(), ssim=0.9',
    "name_twice": '"small.gif", baseline="a"); giflab_validate("original.gif", "noisy.gif", baseline="a"',
}
SAID = {
    "limit": "ssim.mean: ",
    "limit_of_the_worst": "ssim.p01: ",
    "limit_on_another_metric": "edge.mean: ",
    "missing": "giflab: cannot read nothere.gif",
    "settings_twice": "give config, or metrics, goal and limits, not both",
    "name_twice": "is used for two GIFs of this run",
}


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """One session for calls that each end a test."""
    test = "def test_{0}(giflab_validate):\n    giflab_validate('original.gif', {1})\n"
    calls = "\n".join(test.format(name, call) for name, call in CALLS.items())
    suite = Suite(tmp_path_factory.mktemp("several"), f"import giflab_core\n\n{calls}")
    write_clip(suite.folder / "noisy.gif", noisy(4))
    return suite.run()


@pytest.mark.parametrize("name", SAID)
def test_what_is_wrong_is_said(several: Run, name: str) -> None:
    part = several.said.partition(f"_ test_{name} _")[2].partition("\n__")[0]
    assert SAID[name] in part


def test_the_first_numbers_are_recorded_and_then_held(tmp_path: Path) -> None:
    suite = Suite(tmp_path, HELD)
    suite.compress(noisy(2))
    run = suite.run()
    assert run.status == 0, run.said
    assert "new: a clip/1: quality 0." in run.said
    document = json.loads(suite.approved.read_text())
    assert document["thumbnail"].startswith("data:image/png;base64,")
    assert suite.approved.stat().st_size < 12_000
    assert suite.run(CI="true").status == 0
    suite.compress(noisy(12))
    worse = suite.run()
    assert worse.status == 1
    assert "worse than the approved 'a clip/1': " in worse.said
    assert "approve it with --giflab-update-baseline" in worse.said
    assert json.loads(suite.approved.read_text()) == document


def test_what_is_not_approved_fails_in_ci(tmp_path: Path) -> None:
    suite = Suite(tmp_path, HELD)
    run = suite.run(CI="true")
    assert run.status == 1
    assert "nothing is approved under the name 'a clip/1'" in run.said
    assert not suite.approved.exists()


def test_updating_lists_what_is_new_changed_and_unused(tmp_path: Path) -> None:
    suite = Suite(tmp_path, HELD)
    suite.compress(noisy(2))
    first = suite.run("--giflab-update-baseline")
    assert first.status == 0, first.said
    assert "1 approved GIF: 1 new, 0 changed, 0 same; 0 unused" in first.said
    suite.approved.with_name("other.json").write_bytes(suite.approved.read_bytes())
    suite.compress(noisy(12))
    second = suite.run("--giflab-update-baseline")
    assert second.status == 0, second.said
    assert "changed: a clip/1: " in second.said
    assert "unused: other: no test of this run asked for it" in second.said
    assert "1 approved GIF: 0 new, 1 changed, 0 same; 1 unused" in second.said
    assert suite.run().status == 0


def test_a_name_of_two_tests_is_told_by_what_the_first_of_them_changed(tmp_path: Path) -> None:
    suite = Suite(tmp_path, HELD + HELD.replace("test_gif", "test_again"))
    assert "1 approved GIF: 1 new, 0 changed, 0 same; 0 unused" in suite.run("--giflab-update-baseline").said
    suite.compress(noisy(12))
    run = suite.run("--giflab-update-baseline")
    assert "changed: a clip/1: " in run.said
    assert "1 approved GIF: 0 new, 1 changed, 0 same; 0 unused" in run.said


FAILING = """
def test_of_the_verdict(giflab_validate):
    giflab_validate("original.gif", "small.gif", baseline="verdict", ssim=1.0)

def test_of_the_file(giflab_validate):
    giflab_validate("original.gif", "small.gif", baseline="damaged")

def test_of_the_gif(giflab_validate):
    giflab_validate("original.gif", "nothere.gif", baseline="gif")
"""


@pytest.mark.parametrize("arguments", [(), ("-n2",)])
def test_a_name_whose_test_fails_is_not_unused(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    suite = Suite(tmp_path, FAILING)
    suite.compress(noisy(4))
    suite.approved.parent.mkdir(parents=True)
    for name in ("verdict", "damaged", "gif"):
        suite.approved.with_name(f"{name}.json").write_text("{")
    run = suite.run("--giflab-update-baseline", *arguments)
    assert run.status == 1
    assert "unused:" not in run.said
    for name in ("verdict", "damaged", "gif"):
        assert f"not approved: {name}: its test failed before that" in run.said
    assert "0 approved GIFs: 0 new, 0 changed, 0 same; 0 unused" in run.said


def test_another_original_is_not_held_against_the_approved_one(tmp_path: Path) -> None:
    suite = Suite(tmp_path, HELD)
    suite.run()
    write_clip(suite.folder / "original.gif", noisy(1))
    run = suite.run()
    assert run.status == 1
    assert "cannot be held against the approved 'a clip/1': the original is another one" in run.said


def test_a_damaged_file_is_neither_passed_nor_replaced(tmp_path: Path) -> None:
    suite = Suite(tmp_path, HELD)
    suite.run()
    suite.approved.write_text("{")
    run = suite.run()
    assert run.status == 1
    assert "is damaged" in run.said
    assert suite.approved.read_text() == "{"


def test_equal_files_are_not_validated_again(tmp_path: Path) -> None:
    counting = """
    import pytest, giflab_core.validation as validation
    measured = []
    measure = validation._measure
    @pytest.fixture(autouse=True)
    def counted(monkeypatch):
        monkeypatch.setattr(validation, "_measure", lambda task: measured.append(1) or measure(task))
        yield
        print("measured", len(measured))
    """
    suite = Suite(tmp_path, PLAIN)
    suite.project.write({"conftest.py": counting})
    assert "measured 1" in suite.run("-s").said
    assert "measured 0" in suite.run("-s").said


def test_processes_of_xdist_tell_their_session(tmp_path: Path) -> None:
    suite = Suite(tmp_path, HELD + HELD.replace("test_gif", "test_other").replace("a clip/1", "other"))
    run = suite.run("-n2", "--giflab-update-baseline")
    assert run.status == 0, run.said
    assert "2 approved GIFs: 2 new, 0 changed, 0 same; 0 unused" in run.said


# One test a process: each waits for the other.
TWICE = """
import time
from pathlib import Path
import pytest

@pytest.mark.parametrize("gif", ["small.gif", "noisy.gif"])
def test_gif(giflab_validate, gif):
    giflab_validate("original.gif", gif, baseline="a clip/1")
    Path(gif).with_suffix(".done").touch()
    end = time.monotonic() + 20
    while len(list(Path().glob("*.done"))) < 2 and time.monotonic() < end:
        time.sleep(0.01)
"""


@pytest.mark.parametrize("arguments", [(), ("--giflab-update-baseline",)])
def test_a_name_for_two_gifs_fails_in_parallel_too_and_nothing_is_recorded(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    suite = Suite(tmp_path, TWICE)
    write_clip(suite.folder / "noisy.gif", noisy(2))
    run = suite.run("-n2", *arguments)
    assert "2 passed" in run.said
    assert run.status == 1
    assert "error: baseline='a clip/1' is used for two GIFs of this run; give each a name of its own" in run.said
    assert "new:" not in run.said
    assert not suite.approved.exists()


def test_one_gif_of_two_processes_is_recorded(tmp_path: Path) -> None:
    suite = Suite(tmp_path, TWICE)
    write_clip(suite.folder / "noisy.gif", FRAMES)
    run = suite.run("-n2")
    assert run.status == 0, run.said
    assert "new: a clip/1: quality 1" in run.said
    assert suite.approved.exists()


def test_a_baseline_without_benchmarks_and_gifs_is_still_an_error_in_parallel(tmp_path: Path) -> None:
    suite = Suite(tmp_path, "def test_nothing():\n    pass\n")
    assert suite.run("-n2", "--giflab-update-baseline").status == 4


BENCHMARK = """
def test_gif(benchmark, giflab_validate):
    benchmark(sum, range(20_000))
    giflab_validate("original.gif", "small.gif", baseline="a clip/1")
"""


def test_what_benchmarks_approve_is_told_by_the_session_that_measures_them(tmp_path: Path) -> None:
    suite = Suite(tmp_path, BENCHMARK)
    run = suite.run("--giflab-update-baseline", *ONCE)
    assert run.status == 0, run.said
    assert "1 approved GIF: 1 new, 0 changed, 0 same; 0 unused" in run.said
    suite.compress(noisy(12))
    assert "worse than the approved" in suite.run("--giflab-baseline", *ONCE).said


def test_a_name_for_the_gif_of_a_benchmark_and_that_of_a_test_fails(tmp_path: Path) -> None:
    other = HELD.replace("test_gif", "test_other").replace("small.gif", "noisy.gif")
    suite = Suite(tmp_path, BENCHMARK + other)
    write_clip(suite.folder / "noisy.gif", noisy(2))
    run = suite.run("--giflab-update-baseline", *ONCE)
    assert run.status == 1
    assert "baseline='a clip/1' is used for two GIFs of this run" in run.said
