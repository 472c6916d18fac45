"""Importing the package costs next to nothing."""

from __future__ import annotations

import pkgutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import giflab_core
import giflab_core.decoding
import giflab_core.report
from tests.benchmarks.imports import cpu_ms


def python(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def test_importing_the_package_loads_no_third_party_module() -> None:
    code = """
import sys
before = set(sys.modules)
import giflab_core
roots = {name.partition(".")[0] for name in set(sys.modules) - before}
print(sorted(roots - set(sys.stdlib_module_names)))
"""
    assert python(code) == "['giflab_core']"


def test_what_importing_costs_is_measured_with_byte_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    cpu_ms("import sys", "assert not sys.dont_write_bytecode")


@pytest.mark.parametrize("package", [giflab_core, giflab_core.decoding, giflab_core.report])
def test_no_lazy_name_is_that_of_a_module(package: ModuleType) -> None:
    # Importing `package.name` would put the module in the place of what the name stood for.
    assert not set(dir(package)) & {module.name for module in pkgutil.iter_modules(package.__path__)}


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="'giflab_core' has no attribute 'nope'"):
        giflab_core.nope  # type: ignore[attr-defined]  # noqa: B018


@pytest.mark.parametrize("code", ["sys.nope", "import nope_nope"])
@pytest.mark.parametrize("use", ["from leaky import name", "leaky.name", "hasattr(leaky, 'name')"])
def test_what_is_wrong_inside_of_a_module_is_seen(tmp_path: Path, code: str, use: str) -> None:
    package = tmp_path / "leaky"
    package.mkdir()
    (package / "__init__.py").write_text("from giflab_core import lazy\nlazy.exports(__name__, {'inner': ('name',)})\n")
    (package / "inner.py").write_text(f"import sys\n{code}\nname = 1\n")
    script = f"import sys\nsys.path.insert(0, {str(tmp_path)!r})\nimport leaky\n{use}"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert "ImportError: cannot load leaky.inner: " in done.stderr
    assert "nope" in done.stderr.splitlines()[-1]
