"""The rules of docs/architecture.md, checked on the source."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from tests.conftest import ROOT

F = TypeVar("F", bound=Callable[..., None])

# A file imports only from files above it; the plugin may import all of the core.
CORE = """
    errors model statistics text stamp lazy config catalogue evidence limits boxes
    kernels.extension kernels.luma kernels.moments kernels.same kernels.cells
    kernels.ssim kernels.ms_ssim kernels.gmsd kernels.fsim kernels.mdsi kernels.haarpsi kernels.canny kernels.laplacian
    kernels.joint kernels.lab kernels.ciede2000 kernels.histogram kernels.palette kernels.chroma kernels.cambi
    kernels.change kernels.distances kernels
    decoding.copies decoding.pillow decoding._gif decoding.native decoding.codec
    decoding.blocks decoding.lzw decoding.canvas decoding.indexed decoding.picture decoding.scaling
    decoding.reader decoding
    inspection survey
    timeline
    content_type order motion
    metrics.base metrics.ssim metrics.ms_ssim metrics.gmsd metrics.fsim metrics.mdsi metrics.haarpsi metrics.edge
    metrics.sharpness metrics.mse metrics.psnr metrics.zncc metrics.ciede2000 metrics.histogram metrics.palette
    metrics.banding metrics.alpha metrics.temporal metrics.flicker metrics.ghost metrics.quality metrics
    lost cursor scorer part forepart scoring assessment measurement
    cache.lifetime cache.base cache.memory cache.folder cache.database cache.writer cache.disk cache.tiered
    cache.identity cache.results cache.remembering
    cache.reel cache.view cache.framestore cache.frames cache.opening cache
    validation
    report.document report.progress report.terminal
    report.inspection_document report.inspection_terminal report
    demo command cache_command cli
"""
PLUGIN = """
    errors thresholds estimate moments decision model git environment timing channel documents storage selection
    snapshot scratch environments origin outcome processes recording comparison pair trial duet sides
    gating sidebyside stored rendering report progress options items plugin worker session
    artifact occasion comment badge actions github posting telling cli
"""
ORDER = {"giflab_core": CORE.split(), "pytest_giflab": PLUGIN.split()}
LIGHT_CORE = """
    errors model statistics text stamp lazy config catalogue evidence limits inspection timeline assessment validation
    command cache_command cli decoding cache.lifetime cache.base cache.memory cache.tiered cache.folder cache.database
    cache.writer cache.disk cache.opening cache.identity cache.results cache.remembering cache
"""
# Files that may do what no other may.
WRITES_FILES = {
    "giflab_core.demo",
    "giflab_core.cli.command",
    *(f"giflab_core.cache.{name}" for name in ("folder", "database", "framestore")),
    *(f"pytest_giflab.{name}" for name in ("documents", "storage", "snapshot", "environments", "processes", "sides")),
}
READS_ENVIRONMENT = {
    "giflab_core.cache.folder",
    *(
        f"pytest_giflab.{name}"
        for name in ("options", "timing", "git", "environments", "origin", "processes", "telling")
    ),
}
READS_CLOCKS = {
    *(f"giflab_core.cache.{name}" for name in ("database", "writer", "disk", "identity", "framestore", "frames")),
    *(f"pytest_giflab.{name}" for name in ("timing", "pair", "gating", "github")),
}
STARTS_PROCESSES = {f"pytest_giflab.{name}" for name in ("git", "environments", "scratch", "processes")}
OPENS_SOCKETS = {"pytest_giflab.measuring.channel"}  # between processes of one machine
IMPORTS_PYTEST = {f"pytest_giflab.{name}" for name in ("timing", "worker", "options", "items", "session", "plugin")}
LOADS_LAZILY = {"giflab_core.lazy"}

THIRD_PARTY = {
    "numpy",
    "PIL",
    "rich",
    "scipy",
    "jinja2",
    "fastjsonschema",
    "platformdirs",
    "pytest",
    "pytest_benchmark",
}
# Pure or loaded at start: these import nothing that is not Python's own.
LIGHT = {
    *(f"giflab_core.{name}" for name in LIGHT_CORE.split()),
    *(f"pytest_giflab.{name}" for name in ("errors", "thresholds", "git", "channel", "selection", "scratch")),
    "giflab_core",
    "pytest_giflab",
}
NETWORK = {"socket", "http", "urllib.request", "ssl", "requests", "httpx"}
UNSAFE = {"pickle", "marshal", "shelve", "dill", "cloudpickle"}


def files() -> list[Path]:
    return [path for package in ORDER for path in sorted((ROOT / package).rglob("*.py"))]


def name_of(path: Path) -> str:
    """`giflab_core/decoding/reader.py` is `giflab_core.decoding.reader`; a package is named for its folder."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def rank(name: str) -> int:
    """The place of a module in the order of all; a package as a whole comes after its last file."""
    places = [f"{package}.{each}" for package, names in ORDER.items() for each in names]
    if name in ORDER:
        return max(places.index(each) for each in places if each.startswith(f"{name}."))
    return places.index(name)


def is_module(name: str) -> bool:
    base = ROOT / Path(*name.split("."))
    return any(path.exists() for path in (base.with_suffix(".py"), base.with_suffix(".pyi"), base / "__init__.py"))


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def for_type_checkers(module: ast.Module) -> set[ast.AST]:
    blocks = [
        node for node in ast.walk(module) if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    ]
    return {child for block in blocks for child in ast.walk(block)}


def imports(path: Path, *, typing: bool = False) -> Iterator[tuple[ast.stmt, str]]:
    """Every imported module with its statement; without those that only type checkers see, unless asked for."""
    module = tree(path)
    hidden = set() if typing else for_type_checkers(module)
    for node in ast.walk(module):
        if node in hidden:
            continue
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield node, inner if is_module(inner) else str(node.module)


def names_used(path: Path) -> set[str]:
    """Every name and attribute, dotted where it is one of a module: `os.environ`, `time.time`."""
    return {ast.unparse(node) for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute | ast.Name)}


def every_file(function: F) -> F:
    marked: F = pytest.mark.parametrize("path", files(), ids=name_of)(function)
    return marked


def test_every_file_has_its_place() -> None:
    compiled = {name_of(path) for package in ORDER for path in (ROOT / package).rglob("*.pyi")}
    found = compiled | {name_of(path) for path in files()} - set(ORDER)
    assert found == {f"{package}.{name}" for package, names in ORDER.items() for name in names}


@every_file
def test_imports_point_up(path: Path) -> None:
    here = name_of(path)
    own = [module for _, module in imports(path, typing=here not in ORDER) if module.partition(".")[0] in ORDER]
    below = [module for module in own if here not in ORDER and rank(module) >= rank(here)]
    # The exports of the package as a whole stand for its last files: only the command line is below them.
    assert [module for module in below if not (module == "giflab_core" and here == "giflab_core.cli.program")] == []


@every_file
def test_no_import_hides_in_a_function(path: Path) -> None:
    hidden = [
        node
        for function in ast.walk(tree(path))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    dynamic = {"__import__", "import_module", "importlib.import_module", "exec", "eval"} & names_used(path)
    assert name_of(path) in LOADS_LAZILY or not (hidden or dynamic)


@every_file
def test_third_party_libraries_are_the_declared_ones(path: Path) -> None:
    roots = {module.partition(".")[0] for _, module in imports(path)} - set(sys.stdlib_module_names) - set(ORDER)
    assert roots <= (set() if name_of(path) in LIGHT else THIRD_PARTY)


@every_file
def test_nothing_reaches_the_network_or_unpickles(path: Path) -> None:
    allowed = {"socket"} if name_of(path) in OPENS_SOCKETS else set()
    found = {module for _, module in imports(path)} - allowed
    assert not {module for module in found if module in NETWORK or module.partition(".")[0] in NETWORK | UNSAFE}


@every_file
def test_only_their_owners_write_files(path: Path) -> None:
    methods = {"write_text", "write_bytes", "mkdir", "unlink", "touch", "makedirs", "mkstemp"}
    calls = [node for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]
    writing = [
        ast.unparse(call)
        for call in calls
        if (isinstance(call.func, ast.Attribute) and call.func.attr in methods) or (_opens(call) and _writes(call))
    ]
    assert name_of(path) in WRITES_FILES or not writing


def _opens(call: ast.Call) -> bool:
    return ast.unparse(call.func).rpartition(".")[2] == "open"


def _writes(call: ast.Call) -> bool:
    """Whether an argument of `open` is a mode that writes."""
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    modes = [each.value for each in given if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    return any(set(mode) <= set("rwabxt+") and set(mode) & set("wax+") for mode in modes)


@pytest.mark.parametrize(
    ("used", "owners"),
    [
        ({"os.environ", "os.environb", "os.getenv"}, READS_ENVIRONMENT),
        (
            {"time.time", "time.perf_counter_ns", "time.process_time_ns", "time.thread_time_ns", "datetime.now"},
            READS_CLOCKS,
        ),
        ({"subprocess.Popen", "subprocess.run", "os.system", "os.fork"}, STARTS_PROCESSES),
    ],
    ids=["environment", "clocks", "processes"],
)
@every_file
def test_one_owner_for_each_kind_of_outside_thing(path: Path, used: set[str], owners: set[str]) -> None:
    assert name_of(path) in owners or not used & names_used(path)


@every_file
def test_only_their_owners_speak_to_pytest(path: Path) -> None:
    found = {module.partition(".")[0] for _, module in imports(path)} & {"pytest", "pytest_benchmark", "_pytest"}
    assert name_of(path) in IMPORTS_PYTEST or not found


@every_file
def test_values_are_frozen_and_slotted(path: Path) -> None:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ClassDef):
            for decorator in map(ast.unparse, node.decorator_list):
                if decorator.startswith("dataclass"):
                    assert "frozen=True" in decorator, node.name
                    assert "slots=True" in decorator, node.name


@every_file
def test_every_module_says_what_it_is_for(path: Path) -> None:
    docstring = ast.get_docstring(tree(path))
    assert docstring
    assert re.match(r".*[.:]$", docstring.splitlines()[0])


@pytest.mark.parametrize("package", ORDER)
def test_the_order_is_the_documented_one(package: str) -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    section = text[text.index(f"## `{package}`") :]
    rooms = dict.fromkeys(each.partition(".")[0] for each in ORDER[package])
    places = [section.index(f"| `{room}") for room in rooms]
    assert places == sorted(places)
