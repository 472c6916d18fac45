"""The options of quality in tests, and how a process that measures has it told."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

DEFAULT_ARTIFACTS = ".giflab/artifacts"
APPROVED = ".giflab/quality"
"""Folders below the root folder."""

TELLER = "giflab-teller"
"""In one side of a duet, the plugin that is told what a test says of a GIF: the session decides."""
USED = pytest.StashKey[bool]()
"""Set if a test of the session held a GIF against approved numbers."""


def add_quality_options(parser: pytest.Parser) -> None:
    """Register them; each is an ini key too."""
    group = parser.getgroup("giflab-quality", "quality of GIFs (the fixture giflab_validate)")
    group.addoption(
        "--giflab-artifacts",
        metavar="DIR",
        help=f"What is saved of validations that failed. Default: {DEFAULT_ARTIFACTS} in the root",
    )
    parser.addini("giflab_artifacts", "as --giflab-artifacts", default=DEFAULT_ARTIFACTS)


def artifacts_folder(config: pytest.Config) -> Path:
    """Where to save what failed."""
    given = config.getoption("giflab_artifacts")
    if given:
        return Path(config.invocation_params.dir, given)
    return config.rootpath / (str(config.getini("giflab_artifacts")) or DEFAULT_ARTIFACTS)


def is_in_ci() -> bool:
    """Whether the environment says CI=true: nobody is there to look at what would be recorded."""
    return os.environ.get("CI", "").lower() in ("1", "true")


def is_updating(config: pytest.Config) -> bool:
    """Whether what is found now is approved."""
    return bool(config.getoption("giflab_update_baseline") or config.getini("giflab_update_baseline"))
