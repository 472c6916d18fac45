"""The rules of docs/architecture.md, checked on the source. Each file is parsed once; each case lists all offenders."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from types import ModuleType

import pytest

from tests.conftest import ROOT

# Rooms: packages and flat files. One imports from lower layers, or from its own if that makes no circle.
CORE = (
    "errors text lazy frozen events model stamp",
    "pooling originals series",
    "config kernels cache",
    "decoding",
    "metrics frames inspection sequence",
    "checks evidence opening report",
    "measurement results",
    "validation pages",
    "demo comparison",
    "cli",
)
PLUGIN = (
    "errors thresholds formats",
    "model neighbours options documents workspace",
    "machine selection collection quality plugin",
    "decision baselines",
    "measuring report",
    "duet github",
    "gates",
    "session cli",
)
LAYERS = {
    "giflab_core": [layer.split() for layer in CORE],
    "pytest_giflab": [layer.split() for layer in PLUGIN],
}
# Every file of these packages is a door of its own.
OPEN = {"giflab_core.kernels"}

# Files that may do what no other may.
OWNERS = {
    "writes files": {
        *("giflab_core.demo", "giflab_core.pages.output"),
        *("giflab_core.cli.command", "giflab_core.cli.inputs"),
        *(f"giflab_core.cache.{name}" for name in ("folder", "database", "builds", "lock")),
        *(f"giflab_core.frames.{name}" for name in ("store", "clip_file")),
        *("pytest_giflab.documents", "pytest_giflab.duet.sides", "pytest_giflab.measuring.processes"),
        "pytest_giflab.baselines.store",
        *(f"pytest_giflab.workspace.{name}" for name in ("builds", "snapshot")),
    },
    "reads the environment": {
        *("giflab_core.text", "giflab_core.cache.folder"),
        *(f"pytest_giflab.measuring.{name}" for name in ("channel", "processes", "system")),
        *(f"pytest_giflab.workspace.{name}" for name in ("git", "builds", "redirect")),
        *("pytest_giflab.options", "pytest_giflab.github.commands", "pytest_giflab.quality.asking"),
    },
    "reads clocks": {
        *(f"giflab_core.cache.{name}" for name in ("builds", "database", "digests", "disk", "writer")),
        *("giflab_core.frames.store", "giflab_core.frames.cache", "giflab_core.report.progress"),
        # In a session of pytest one file alone: a conftest.py may freeze the clocks that others see.
        *("pytest_giflab.workspace.beginning", "pytest_giflab.measuring.clocks", "pytest_giflab.github.refusal"),
    },
    "starts processes": {
        *(f"pytest_giflab.workspace.{name}" for name in ("git", "builds", "temporary")),
        "pytest_giflab.measuring.processes",
    },
    "opens sockets": {"pytest_giflab.measuring.channel"},  # between processes of one machine
    "speaks to pytest": {
        *(f"pytest_giflab.{name}" for name in ("neighbours", "options", "collection", "session", "plugin")),
        *(f"pytest_giflab.measuring.{name}" for name in ("fixture", "worker")),
        *(f"pytest_giflab.quality.{name}" for name in ("asking", "tally", "validating")),
    },
    "imports when it runs": {"giflab_core.lazy", "giflab_core.frozen"},  # the latter compiles
}
USES = {
    "reads the environment": {"os.environ", "os.environb", "os.getenv"},
    "reads clocks": {
        *("time.time", "time.time_ns", "time.monotonic", "time.perf_counter", "time.perf_counter_ns"),
        *("time.process_time_ns", "time.thread_time", "time.thread_time_ns", "datetime.now"),
    },
    "starts processes": {"subprocess.Popen", "subprocess.run", "os.system", "os.fork"},
    "imports when it runs": {"__import__", "import_module", "importlib.import_module", "exec", "eval"},
}
IMPORTS = {
    "opens sockets": {"socket"},
    "speaks to pytest": {"pytest", "pytest_benchmark", "_pytest"},
}
WRITING = {"write_text", "write_bytes", "mkdir", "unlink", "touch", "makedirs", "mkstemp"}
NETWORK = {"http", "urllib.request", "ssl", "requests", "httpx"}
UNSAFE = {"pickle", "marshal", "shelve", "dill", "cloudpickle"}
LIBRARIES = {"numpy", "PIL", "rich", "jinja2", "fastjsonschema", "platformdirs", "pytest", "pytest_benchmark"}
# Loaded by every command, by a verdict from the cache, or whenever pytest starts: these load no library.
LIGHT = (
    "giflab_core.validation",
    "giflab_core.opening",
    "giflab_core.results.remembering",
    "giflab_core.cli.program",
    "giflab_core.cache.tiered",
    "giflab_core.cache.disk",
    "pytest_giflab.errors",
    "pytest_giflab.thresholds",
    "pytest_giflab.selection",
    "pytest_giflab.measuring.channel",
    "pytest_giflab.workspace.git",
    "pytest_giflab.workspace.temporary",
)
MOST_FILES, MOST_LINES, MOST_LINES_OF_FUNCTION = 15, 300, 45
# Kernels, their C and metrics are many by nature.
MAY_HOLD_MANY = {"giflab_core/kernels", "giflab_core/kernels/csrc", "giflab_core/metrics"}


@dataclass(frozen=True, slots=True)
class Import:
    """One name that a file imports: `target` is a module, or the package that has the name."""

    target: str
    name: str
    line: int
    is_typing: bool
    is_inner: bool


@dataclass(frozen=True, slots=True)
class Source:
    """One file, parsed."""

    path: Path
    name: str
    tree: ast.Module
    lines: int
    imports: tuple[Import, ...]
    used: frozenset[str] = field(repr=False)

    @property
    def package(self) -> str:
        return self.name if self.is_face else self.name.rpartition(".")[0]

    @property
    def is_face(self) -> bool:
        return self.path.name == "__init__.py"

    def at(self, line: int, what: str) -> str:
        return f"{self.path.relative_to(ROOT)}:{line}: {what}"


@cache
def sources() -> tuple[Source, ...]:
    return tuple(map(_parsed, (path for package in LAYERS for path in sorted((ROOT / package).rglob("*.py")))))


def _parsed(path: Path) -> Source:
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    parts = path.relative_to(ROOT).with_suffix("").parts
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    used = frozenset(filter(None, map(_dotted, ast.walk(tree))))
    return Source(path, name, tree, text.count("\n"), tuple(_imports(tree)), used)


def _imports(tree: ast.Module) -> Iterator[Import]:
    typing = _below(node for node in ast.walk(tree) if isinstance(node, ast.If) and _is_for_type_checkers(node))
    inner = _below(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found = [(alias.name, "") for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found = [_resolved(str(node.module), alias.name) for alias in node.names]
        else:
            continue
        yield from (Import(*each, node.lineno, node in typing, node in inner) for each in found)


def _dotted(node: ast.AST) -> str:
    """`os.environ` of the node that stands for it; "" of any other."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (before := _dotted(node.value)):
        return f"{before}.{node.attr}"
    return ""


def _below(nodes: Iterable[ast.AST]) -> set[ast.AST]:
    return {child for node in nodes for child in ast.walk(node)}


def _is_for_type_checkers(node: ast.If) -> bool:
    return ast.unparse(node.test) == "TYPE_CHECKING"


def _resolved(module: str, name: str) -> tuple[str, str]:
    """`from giflab_core import text` imports the module `giflab_core.text`, and no name of it."""
    inner = ROOT / Path(*module.split("."), name)
    is_module = inner.with_suffix(".py").exists() or (inner / "__init__.py").exists()
    return (f"{module}.{name}", "") if is_module else (module, name)


def room(module: str) -> str:
    """`giflab_core.decoding.reader` is in `giflab_core.decoding`; the package as a whole stands above its rooms."""
    return ".".join(module.split(".")[:2])


@cache
def layers() -> dict[str, int]:
    """The layer of each room."""
    return {
        f"{package}.{name}": number
        for package, groups in LAYERS.items()
        for number, names in enumerate(groups, 1)
        for name in names
    }


def is_own(module: str) -> bool:
    return module.partition(".")[0] in LAYERS


def is_in(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def test_every_file_is_in_a_room_that_has_a_layer() -> None:
    found = {room(source.name) for source in sources()} - set(LAYERS)
    assert found == set(layers())


def test_imports_point_down_the_layers() -> None:
    assert [
        source.at(each.line, f"{room(source.name)} imports {each.target}")
        for source in sources()
        for each in source.imports
        if is_own(each.target) and source.name not in LAYERS and not _may_import(source.name, each.target)
    ] == []


def _may_import(here: str, target: str) -> bool:
    package, own = target.partition(".")[0], here.partition(".")[0]
    if package != own:
        return own == "pytest_giflab"
    if target == package:  # the exports of the whole package are for what stands on top of it
        return room(here) == f"{own}.cli"
    return layers()[room(target)] <= layers()[room(here)]


@pytest.mark.parametrize("of", [room, lambda module: module], ids=["rooms", "files"])
def test_imports_make_no_circle(of: Callable[[str], str]) -> None:
    graph: dict[str, set[str]] = defaultdict(set)
    for source in sources():
        if not source.is_face:
            targets = {of(each.target) for each in source.imports if is_own(each.target) and each.target not in LAYERS}
            graph[of(source.name)] |= targets - {of(source.name)}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" <- ".join(error.args[1]))


def test_a_package_is_entered_by_its_face() -> None:
    packages = {source.name for source in sources() if source.is_face} - set(LAYERS) - OPEN
    assert [
        source.at(each.line, f"imports {each.target}")
        for source in sources()
        for each in source.imports
        for package in packages
        if each.target.startswith(f"{package}.") and not is_in(source.name, package)
    ] == []


def test_no_import_hides_in_a_function() -> None:
    assert [
        source.at(each.line, each.target)
        for source in sources()
        for each in source.imports
        if each.is_inner and source.name not in OWNERS["imports when it runs"]
    ] == []


def test_third_party_libraries_are_the_declared_ones() -> None:
    known = set(sys.stdlib_module_names) | set(LAYERS) | LIBRARIES
    assert [
        source.at(each.line, each.target)
        for source in sources()
        for each in source.imports
        if not each.is_typing and each.target.partition(".")[0] not in known
    ] == []


@pytest.mark.parametrize("packages", [LIGHT, ("giflab_core",), ("pytest_giflab",)], ids=["light", "core", "plugin"])
def test_what_is_always_loaded_loads_no_library(packages: tuple[str, ...]) -> None:
    code = f"import sys, {', '.join(packages)}; print(*sorted({LIBRARIES!r} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert found.stdout.split() == []


@pytest.mark.parametrize("what", [*USES, *IMPORTS])
def test_one_owner_for_each_kind_of_outside_thing(what: str) -> None:
    def uses(source: Source) -> bool:
        imported = {name for each in source.imports for name in (each.target, each.target.partition(".")[0])}
        return bool(USES.get(what, set()) & source.used or IMPORTS.get(what, set()) & imported)

    assert {source.name for source in sources() if uses(source)} == OWNERS[what]


def test_only_their_owners_write_files() -> None:
    assert {source.name for source in sources() if _writes(source)} == OWNERS["writes files"]


def _writes(source: Source) -> bool:
    calls = [node for node in ast.walk(source.tree) if isinstance(node, ast.Call)]
    return any(_opens_to_write(call) or getattr(call.func, "attr", None) in WRITING for call in calls)


def _opens_to_write(call: ast.Call) -> bool:
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    modes = [each.value for each in given if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    is_open = ast.unparse(call.func).rpartition(".")[2] == "open"
    return is_open and any(set(mode) <= set("rwabxt+") and set(mode) & set("wax+") for mode in modes)


def test_nothing_reaches_the_network_or_unpickles() -> None:
    assert [
        source.at(each.line, each.target)
        for source in sources()
        for each in source.imports
        if each.target in NETWORK or each.target.partition(".")[0] in NETWORK | UNSAFE
    ] == []


def test_values_are_frozen_and_slotted() -> None:
    assert [
        source.at(node.lineno, node.name)
        for source in sources()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ClassDef)
        for decorator in map(ast.unparse, node.decorator_list)
        if decorator.startswith("dataclass") and not ("frozen=True" in decorator and "slots=True" in decorator)
    ] == []


def test_values_of_the_core_are_cheap_to_make() -> None:
    """By `giflab_core.frozen`: what a command loads for its own sake is what a user waits for."""
    made = {"dataclass", "field", "replace", "astuple"}
    assert [
        source.at(each.line, each.name)
        for source in sources()
        for each in source.imports
        if each.target == "dataclasses"
        and each.name in made
        and not each.is_typing
        and is_in(source.name, "giflab_core")
    ] == []


def test_each_class_has_a_name_of_its_own() -> None:
    places = defaultdict(list)
    for source in sources():
        for node in source.tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(source.name)
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_every_file_says_what_it_is_for() -> None:
    first = {source.path: (ast.get_docstring(source.tree) or "").partition("\n")[0] for source in sources()}
    assert [str(path) for path, line in first.items() if not re.match(r".*[.:]$", line)] == []


def test_every_face_walks_through_its_files() -> None:
    faces = [source for source in sources() if source.is_face and source.name not in OPEN]
    missing = []
    for face in faces:
        text = ast.get_docstring(face.tree) or ""
        steps = re.findall(r"^(\d)\. ", text, re.MULTILINE)
        assert steps == [str(number) for number in range(1, max(2, len(steps) + 1))], face.name
        files = {path.stem for path in face.path.parent.glob("*.py")} - {"__init__", "__main__"}
        if face.name not in LAYERS and not _is_many(face):
            missing += [f"{face.name}: {name}" for name in files if f"`{name}`" not in text]
    assert missing == []


def _is_many(face: Source) -> bool:
    return face.path.parent.relative_to(ROOT).as_posix() in MAY_HOLD_MANY


def test_no_file_bears_the_name_of_a_function_that_its_package_exports() -> None:
    """The file, once it is imported, would take the function's place."""
    faces = [source for source in sources() if source.is_face]
    names = {(face.name, each.name) for face in faces for each in face.imports if each.name}
    functions = {(package, name) for package, name in names if not name[0].isupper()}
    assert {f"{package}.{name}" for package, name in functions} & {source.name for source in sources()} == set()


def test_no_folder_holds_more_files_than_a_reader_can_see() -> None:
    found: dict[str, int] = defaultdict(int)
    for package in LAYERS:
        for path in (ROOT / package).rglob("*"):
            if path.is_file() and path.suffix not in (".so", ".pyd", ".pyc"):
                found[path.parent.relative_to(ROOT).as_posix()] += 1
    assert {name: count for name, count in found.items() if count > MOST_FILES and name not in MAY_HOLD_MANY} == {}


def test_no_file_and_no_function_is_too_long() -> None:
    long = [source.at(source.lines, "lines") for source in sources() if source.lines > MOST_LINES]
    for source in sources():
        for node in ast.walk(source.tree):
            if isinstance(node, ast.FunctionDef) and not _is_table_of_options(node):
                lines = (node.end_lineno or 0) - node.lineno + 1
                long += [source.at(node.lineno, f"{node.name}: {lines} lines")] * (lines > MOST_LINES_OF_FUNCTION)
    assert long == []


def _is_table_of_options(function: ast.FunctionDef) -> bool:
    """Whether most of what it does is to add arguments to a parser."""
    calls = [ast.unparse(node).partition("(")[0] for node in function.body]
    return sum(call.endswith(("add_argument", "addoption", "addini")) for call in calls) > len(calls) / 2


# The document.


def documented(package: str) -> str:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    return text[text.index(f"## `{package}`") :].partition("\n## ")[0]


@pytest.mark.parametrize("package", LAYERS)
def test_the_document_has_every_room_with_its_layer(package: str) -> None:
    rows = re.findall(r"^\| (\d+) \| `(\w+)(?:/|\.py)` \|", documented(package), re.MULTILINE)
    expected = [(str(layers()[f"{package}.{name}"]), name) for names in LAYERS[package] for name in names]
    assert sorted(rows) == sorted(expected)
    assert [int(layer) for layer, _ in rows] == sorted(int(layer) for layer, _ in rows)


def test_every_path_that_the_document_names_is_there() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:giflab_core|pytest_giflab|tests|docs)/[\w/.*-]+)`", text)
    assert named
    assert [path for path in named if not any(ROOT.glob(path.rstrip("/")))] == []


def test_every_function_that_the_walks_name_is_there() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    defined = {
        node.name
        for source in sources()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }
    assert set(re.findall(r"`(\w+)\(\)`", text)) - defined == set()


def test_faces_load_what_they_promise() -> None:
    """The names that type checkers see in a face are those that it has."""
    wrong = []
    for source in sources():
        if source.is_face and any(each.is_typing for each in source.imports):
            module: ModuleType = __import__(source.name, fromlist=["_"])
            promised = {each.name for each in source.imports if each.is_typing and each.name}
            wrong += [f"{source.name}.{name}" for name in promised if not hasattr(module, name)]
            wrong += [f"{source.name}.{name}" for name in set(module.__dir__()) - promised - {"__version__"}]
    assert wrong == []
