"""The GitHub workflows are well-formed, ask for no more rights than they need, and run only pinned actions."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.helpers.tools import require_tool

GITHUB = ROOT / ".github"
WORKFLOWS = sorted(GITHUB.glob("workflows/*.yml"))
EXAMPLES = sorted((ROOT / "docs" / "examples" / "github").glob("*.yml"))
ACTIONS = sorted(GITHUB.glob("actions/*/action.yml"))
SCHEMAS = {
    **dict.fromkeys([*WORKFLOWS, *EXAMPLES], "vendor.github-workflows"),
    **dict.fromkeys(ACTIONS, "vendor.github-actions"),
    GITHUB / "dependabot.yml": "vendor.dependabot",
}
PINNED = re.compile(r"[\w.-]+(/[\w.-]+)+@[0-9a-f]{40} # v\d+\.\d+\.\d+")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def check(tool: str, *arguments: str | Path) -> None:
    done = subprocess.run([require_tool(tool), *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def code_of(path: Path) -> str:
    """The text without comments."""
    return re.sub(r"(^|\s)#.*", "", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", [*WORKFLOWS, *EXAMPLES], ids=name_of)
def test_actionlint_has_no_complaint(path: Path) -> None:
    check("actionlint", path)


def test_zizmor_finds_nothing() -> None:
    check("zizmor", "--offline", "--strict-collection", GITHUB, *EXAMPLES)


@pytest.mark.parametrize("path", SCHEMAS, ids=name_of)
def test_the_file_follows_its_schema(path: Path) -> None:
    check("check-jsonschema", "--builtin-schema", SCHEMAS[path], path)


@pytest.mark.parametrize("path", [*WORKFLOWS, *ACTIONS], ids=name_of)
def test_every_action_of_others_is_pinned_to_a_commit_with_its_version(path: Path) -> None:
    used = re.findall(r"^[^#\n]*\buses: *(.*?) *$", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert not [each for each in used if not each.startswith("./") and not PINNED.fullmatch(each)]


@pytest.mark.parametrize("path", WORKFLOWS, ids=name_of)
def test_no_workflow_runs_code_of_a_fork_with_the_rights_of_this_repository(path: Path) -> None:
    assert "pull_request_target" not in code_of(path)


@pytest.mark.parametrize("path", WORKFLOWS, ids=name_of)
def test_each_job_is_given_its_rights_by_itself(path: Path) -> None:
    assert re.search(r"^permissions: \{\}$", code_of(path), re.MULTILINE)
