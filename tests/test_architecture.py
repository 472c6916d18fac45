"""The rules of docs/architecture.md, checked on the source."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

# A file imports only from files above it; a package's own files are ordered within it.
ORDER = (
    "errors",
    "model",
    "statistics",
    "lazy",
    "config",
    "decoding.blocks",
    "decoding.lzw",
    "decoding.canvas",
    "decoding.reader",
    "decoding",
    "timeline",
    "order",
    "kernels.mse",
    "kernels.ssim",
    "kernels",
    "metrics.base",
    "metrics.alpha",
    "metrics.mse",
    "metrics.psnr",
    "metrics.r2",
    "metrics.ssim",
    "metrics",
    "scoring",
    "assessment",
    "validation",
    "report.document",
    "report.progress",
    "report.terminal",
    "report",
    "demo",
    "cli",
)
# Files that may do what no other may.
OWNERS = {
    "writes files": ({"open", "write_text", "write_bytes", "mkdir", "save"}, {"demo", "decoding.reader", "cli"}),
    "reads the environment": ({"environ", "getenv"}, {"config", "cli"}),
}
THIRD_PARTY = {"numpy", "PIL", "rich"}
NO_THIRD_PARTY = {"errors", "model", "statistics", "lazy", "config", "timeline", "assessment", "report.document", "cli"}
NETWORK = {"socket", "http", "urllib", "ssl", "requests", "httpx"}
UNSAFE = {"pickle", "marshal", "shelve", "dill", "cloudpickle"}


def files() -> list[Path]:
    return sorted((ROOT / "giflab_core").rglob("*.py"))


def name_of(path: Path) -> str:
    """`decoding/reader.py` is `decoding.reader`; a package is named for its folder, the root package is empty."""
    parts = path.relative_to(ROOT / "giflab_core").with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path, *, typing: bool = False) -> Iterator[tuple[ast.stmt, str]]:
    """Every imported module with its statement; without those that only type checkers see, unless asked for."""
    tree = ast.parse(path.read_text())
    hidden = {
        child
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for child in ast.walk(node)
    }
    for node in ast.walk(tree):
        if node in hidden and not typing:
            continue
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield node, inner if name_exists(inner) else str(node.module)


def name_exists(module: str) -> bool:
    base = ROOT / Path(*module.split("."))
    return base.with_suffix(".py").exists() or (base / "__init__.py").exists()


def test_every_file_has_its_place() -> None:
    assert sorted(name_of(path) for path in files() if name_of(path)) == sorted(ORDER)


@pytest.mark.parametrize("path", files(), ids=name_of)
def test_imports_point_up(path: Path) -> None:
    here = ORDER.index(name_of(path)) if name_of(path) else len(ORDER)
    for node, module in imports(path, typing=bool(name_of(path))):
        if module == "giflab_core" or not module.startswith("giflab_core."):
            continue
        above = module.removeprefix("giflab_core.")
        assert ORDER.index(above) < here, f"{path.name}:{node.lineno} imports {module} from below"


@pytest.mark.parametrize("path", files(), ids=name_of)
def test_no_import_hides_in_a_function(path: Path) -> None:
    inside = [
        node
        for function in ast.walk(ast.parse(path.read_text()))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    allowed = name_of(path) == "lazy"
    assert allowed or not inside


@pytest.mark.parametrize("path", files(), ids=name_of)
def test_third_party_libraries_are_the_declared_ones(path: Path) -> None:
    roots = {module.partition(".")[0] for _, module in imports(path)} - set(sys.stdlib_module_names) - {"giflab_core"}
    allowed = set() if name_of(path) in NO_THIRD_PARTY | {""} else THIRD_PARTY
    assert roots <= allowed


@pytest.mark.parametrize("path", files(), ids=name_of)
def test_nothing_reaches_the_network_or_unpickles(path: Path) -> None:
    roots = {module.partition(".")[0] for _, module in imports(path)}
    assert not roots & (NETWORK | UNSAFE)


@pytest.mark.parametrize("rule", OWNERS)
def test_one_owner_for_each_kind_of_outside_thing(rule: str) -> None:
    names, owners = OWNERS[rule]
    for path in files():
        used = {
            node.attr if isinstance(node, ast.Attribute) else node.id
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Attribute | ast.Name)
        }
        assert name_of(path) in owners or not used & names, f"{path.name} {rule}: {used & names}"


@pytest.mark.parametrize("path", files(), ids=name_of)
def test_values_are_frozen_and_slotted(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ClassDef):
            for decorator in node.decorator_list:
                text = ast.unparse(decorator)
                if text.startswith("dataclass"):
                    assert "frozen=True" in text, node.name
                    assert "slots=True" in text, node.name


@pytest.mark.parametrize("path", files(), ids=name_of)
def test_every_module_says_what_it_is_for(path: Path) -> None:
    docstring = ast.get_docstring(ast.parse(path.read_text()))
    assert docstring
    assert re.match(r".*[.:]$", docstring.splitlines()[0])


def test_the_order_is_the_documented_one() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text()
    rooms = dict.fromkeys(each.partition(".")[0] for each in ORDER)
    places = [text.index(f"`{room}") for room in rooms]
    assert places == sorted(places)
