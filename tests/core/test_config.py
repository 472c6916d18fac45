"""Settings: what is accepted, what is refused."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import pytest

from giflab_core import DecodeLimits, UsageError, resolve
from giflab_core.checks.limits import parse_limit
from giflab_core.config import DEFAULT_LIMITS, DEFAULT_METRICS, Config, Settings
from giflab_core.metrics import METRICS


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"metric": ("ssim",)}, "unknown setting 'metric'.*metrics"),
        ({"metrics": ()}, "no metric given"),
        ({"mattes": ()}, "mattes"),
        ({"mattes": ("pink",)}, "pink"),
        ({"limits": {"ssim": float("nan")}}, "not a finite number"),
        ({"metrics": "ssim"}, r"metrics must be a list of names such as \['ssim'\], not one string"),
        ({"metrics": 3}, r"metrics must be a list of names such as \['ssim'\], not 3"),
        ({"metrics": [["ssim"]]}, "metrics must be a list of names"),
        ({"limits": 3}, "limits must be numbers by name such as {'ssim': 0.9}, not 3"),
        ({"limits": {3: 0.5}}, "limits must be numbers by name.*; 3 is not a name"),
        ({"limits": {"ssim": True}}, "limit ssim=True is not a finite number"),
        ({"mattes": 3}, "mattes must be a list of 'white', 'black' or both, not 3"),
        ({"mattes": [["white"]]}, "mattes must be a list"),
        ({"content": []}, r"unknown content type \[\]; known: auto, photo"),
        ({"threads": True}, "threads must be 1 or 2, not True"),
        ({"threads": [1]}, "threads must be 1 or 2"),
        ({"allow_resize": "no"}, "allow_resize must be True or False, not 'no'"),
        ({"verify_content": 1}, "verify_content must be True or False, not 1"),
        ({"decode_limits": 3}, "decode_limits must be a DecodeLimits, not 3"),
    ],
)
def test_a_wrong_setting_is_refused_with_what_is_right(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        resolve(**settings)


def test_every_setting_can_be_given() -> None:
    assert Settings.__annotations__.keys() == {each.name for each in fields(Config)}


def test_lists_are_as_good_as_tuples() -> None:
    given = resolve(metrics=["ssim"], mattes=["white"])
    assert given == resolve(metrics=("ssim",), mattes=("white",))
    assert hash(given) == hash(resolve(metrics=("ssim",), mattes=("white",)))


def test_a_metric_named_twice_is_measured_once() -> None:
    assert resolve(metrics=("ssim", "mse", "ssim")).metrics == ("ssim", "mse")


def test_a_limit_below_one_is_refused() -> None:
    with pytest.raises(UsageError, match="max_frames must be a whole number of at least 1, not 0"):
        DecodeLimits(max_frames=0)


@pytest.mark.parametrize("value", ["3", 2.5, True, None])
def test_a_decode_limit_that_is_not_a_whole_number_is_refused(value: Any) -> None:
    with pytest.raises(UsageError, match=rf"max_frames must be a whole number of at least 1, not {value!r}"):
        DecodeLimits(max_frames=value)


def test_numbers_of_numpy_are_numbers() -> None:
    limits = resolve(limits={"ssim": np.float32(0.5), "mse": np.int64(3)}).limits  # type: ignore[dict-item]
    assert {name: (type(value), value) for name, value in limits.items()} == {"ssim": (float, 0.5), "mse": (float, 3)}
    assert type(DecodeLimits(max_frames=np.int32(7)).max_frames) is int  # type: ignore[arg-type]


def test_settings_cannot_be_changed_afterwards() -> None:
    given = {"ssim": 0.9}
    config = resolve(limits=given)
    given["ssim"] = 0.1
    assert config.limits == {"ssim": 0.9}


def test_every_default_names_a_metric_that_exists() -> None:
    assert set(DEFAULT_METRICS) <= set(METRICS)
    limited = {parse_limit(name)[0] for limits in DEFAULT_LIMITS.values() for name in limits}
    assert limited <= set(DEFAULT_METRICS)
