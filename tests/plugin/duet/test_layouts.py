"""Base is really base, however the project is laid out and installed: only base differs, and it shows."""

from __future__ import annotations

import os
import shutil
import site
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tests.conftest import REQUIRE_ALL
from tests.helpers.marks import needs_pinning
from tests.helpers.projects import MEASURED, ONCE, WORK, Project, Run, is_about

pytestmark = needs_pinning

INI = "[pytest]\n"
SETUP = """
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"

[project]
name = "example-{name}"
version = "1"

[tool.setuptools]
{packages}
"""
FASTER, SLOWER = WORK, WORK.replace("range(amount)", "range(3 * amount)")


def test_of(module: str) -> str:
    return f"from {module} import work\n\ndef test_work(benchmark):\n    benchmark(work, 10_000)\n"


test_of.__test__ = False  # type: ignore[attr-defined]


def gate(project: Project, code: str, *arguments: str, **environment: str) -> None:
    """Base is slow, head is fast: measured as anything but base and head, the two would be equal."""
    project.commit({code: SLOWER})
    project.write({code: FASTER})
    require_both_sides(project.against("HEAD", *MEASURED, *arguments, **environment))


def require_both_sides(found: Run) -> None:
    """A third of the work takes about a third of the time; one side measured twice, as long."""
    assert is_about(1 / 3, found.rows["test_work"]["ratio"]), found.said


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path / "project")


def test_modules_beside_the_tests(project: Project) -> None:
    project.write({"test_work.py": test_of("work")})
    gate(project, "work.py")


def test_a_flat_package_on_the_path_of_python_m_pytest(project: Project) -> None:
    project.write({"package/__init__.py": "", "tests/test_work.py": test_of("package.work"), "pytest.ini": INI})
    gate(project, "package/work.py")


def test_a_src_layout_by_the_ini_file(project: Project) -> None:
    project.write({"tests/test_work.py": test_of("package.work"), "pytest.ini": INI + "pythonpath = src\n"})
    gate(project, "src/package/work.py")


def test_a_src_layout_by_the_environment(project: Project) -> None:
    project.write({"tests/test_work.py": test_of("package.work"), "pytest.ini": INI})
    gate(project, "src/package/work.py", PYTHONPATH=str(project.folder / "src"))


def test_tests_inside_of_the_package(project: Project) -> None:
    project.write({"package/__init__.py": "", "package/tests/__init__.py": ""})
    project.write({"package/tests/test_work.py": test_of("package.work"), "pytest.ini": INI})
    gate(project, "package/work.py")


def test_a_conftest_that_changes_the_path(project: Project) -> None:
    path = "import sys\nfrom pathlib import Path\nsys.path.insert(0, str(Path(__file__).parent / 'code'))\n"
    project.write({"conftest.py": path, "tests/test_work.py": test_of("work"), "pytest.ini": INI})
    gate(project, "code/work.py")


def test_a_folder_of_the_repository_and_one_test_of_it(project: Project) -> None:
    project.write({"part/tests/test_work.py": test_of("work"), "part/pytest.ini": INI + "pythonpath = .\n"})
    project.write({"part/tests/test_other.py": "def test_other(benchmark):\n    assert 0\n"})
    gate(project, "part/work.py", "part/tests/test_work.py::test_work", "-c", "part/pytest.ini")


def test_another_random_order_in_each_process(project: Project) -> None:
    shuffle = "import random\n\ndef pytest_collection_modifyitems(items):\n    random.shuffle(items)\n"
    more = "".join(f"\ndef test_{number}(benchmark):\n    benchmark(work, 9_000)\n" for number in range(3))
    project.write({"conftest.py": shuffle, "test_work.py": test_of("work") + more})
    gate(project, "work.py")


def test_fixtures_of_the_session_are_made_once_a_process(project: Project) -> None:
    project.write(
        {
            "test_work.py": """
            import os
            import pytest
            from work import work

            @pytest.fixture(scope="session")
            def session():
                with open(os.environ["COUNT"], "a") as stream:
                    stream.write(f"{os.getpid()}\\n")

            @pytest.mark.parametrize("amount", [1, 2, 3])
            def test_more(benchmark, session, amount):
                benchmark(work, 5_000 * amount)

            def test_work(benchmark, session):
                benchmark(work, 10_000)
            """
        }
    )
    count = project.folder.with_name("count")
    gate(project, "work.py", COUNT=str(count))
    made = count.read_text().split()
    assert len(made) == len(set(made))


@pytest.mark.parametrize("state", ["detached", "shallow"])
def test_any_state_of_the_repository(project: Project, tmp_path: Path, state: str) -> None:
    project.commit({"test_work.py": test_of("work"), "work.py": SLOWER})
    if state == "detached":
        project.git("switch", "--quiet", "--detach")
        copy = project
    else:
        command = ["git", "clone", "--quiet", "--depth=1", f"file://{project.folder}", str(tmp_path / "clone")]
        subprocess.run(command, check=True)
        copy = Project(tmp_path / "clone")
    copy.write({"work.py": FASTER})
    require_both_sides(copy.against("HEAD", *MEASURED))


def test_beside_xdist_one_line_says_what_to_do(project: Project) -> None:
    project.commit({"test_work.py": test_of("work"), "work.py": WORK})
    found = project.run("--giflab-against=HEAD", "-n1")
    assert found.status == pytest.ExitCode.USAGE_ERROR
    assert "giflab: cannot measure side by side: pytest-xdist runs the tests" in found.said
    assert "run with -n0" in found.said
    found = project.against("HEAD", "-n1", "-n0", *MEASURED)
    assert found.rows["test_work"]["pairs"] == 1


def environment_of(folder: Path) -> str:
    """The interpreter of a new environment that sees what is installed here."""
    venv.EnvBuilder(symlinks=True, with_pip=False).create(folder)
    packages = next(folder.glob("lib/python*/site-packages"))
    lines = [f"import site; site.addsitedir({place!r})\n" for place in site.getsitepackages()]
    (packages / "zz.pth").write_text("".join(lines))
    return str(folder / "bin" / "python")


def install(python: str, project: Project, *options: str) -> None:
    command = [python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", *options, "."]
    done = subprocess.run(command, cwd=project.folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("code", "module", "packages"),
    [
        ("src/package/work.py", "package.work", 'package-dir = { "" = "src" }\npackages = ["package"]'),
        ("package/work.py", "package.work", 'packages = ["package"]'),
        (
            "lib/space/part/work.py",
            "space.part.work",
            'package-dir = { "space.part" = "lib/space/part" }\npackages = ["space.part"]',
        ),
    ],
    ids=["src", "flat", "namespace"],
)
def test_an_editable_install(project: Project, tmp_path: Path, code: str, module: str, packages: str) -> None:
    folder = Path(code).parent
    project.write({f"{folder}/__init__.py": "", "tests/test_work.py": test_of(module), "pytest.ini": INI})
    project.write(
        {"pyproject.toml": SETUP.format(name=folder.parts[0], packages=packages), ".gitignore": "*.egg-info\nbuild\n"}
    )
    project.commit({code: SLOWER})
    python = environment_of(tmp_path / "env")
    install(python, project, "--editable")
    project.write({code: FASTER})
    # Not `python -m pytest`, which would put the project on the path by itself.
    require_both_sides(project.against("HEAD", "tests", *MEASURED, python=python, options=("-P",)))


def test_the_folder_is_not_on_the_path_if_the_interpreter_leaves_it_off(project: Project) -> None:
    test = (
        "import os, sys\n\ndef test_path(benchmark):\n    benchmark(len, '')\n    assert os.getcwd() not in sys.path\n"
    )
    project.commit({"tests/test_path.py": test})
    found = project.run("--giflab-baseline", "--import-mode=importlib", *ONCE, options=("-P",))
    assert "1 passed" in found.said


def test_an_installed_copy_is_noticed(project: Project, tmp_path: Path) -> None:
    project.write({"src/package/__init__.py": "", "tests/test_work.py": test_of("package.work"), "pytest.ini": INI})
    packages = 'package-dir = { "" = "src" }\npackages = ["package"]'
    project.write(
        {"pyproject.toml": SETUP.format(name="copied", packages=packages), ".gitignore": "*.egg-info\nbuild\n"}
    )
    project.commit({"src/package/work.py": SLOWER})
    python = environment_of(tmp_path / "env")
    install(python, project)
    found = project.run("--giflab-against=HEAD", python=python)
    assert found.status == pytest.ExitCode.USAGE_ERROR
    assert "base would be measured with code that is not its own: package (" in found.said
    assert "Tell giflab_setup how to install the project" in found.said


EXTENSION = """
#include <Python.h>

static PyObject *work(PyObject *module, PyObject *amount) {
    volatile long total = 0;
    for (long number = 0; number < TIMES * PyLong_AsLong(amount); number++) total += number % 7;
    return PyLong_FromLong(total);
}

static PyMethodDef methods[] = {{"work", work, METH_O, NULL}, {NULL, NULL, 0, NULL}};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "_work", NULL, -1, methods};
PyMODINIT_FUNC PyInit__work(void) { return PyModule_Create(&definition); }
"""
SETUP_PY = """
from setuptools import Extension, setup
setup(name="fast", version="1", packages=["fast"], ext_modules=[Extension("fast._work", ["fast/_work.c"])])
"""


@pytest.fixture
def compiled(project: Project) -> Project:
    if not shutil.which("cc") and not REQUIRE_ALL:
        pytest.skip("no C compiler")
    project.write({"fast/__init__.py": "", "setup.py": SETUP_PY, ".gitignore": "*.so\nbuild\n*.egg-info\n"})
    project.write({"tests/test_work.py": test_of("fast._work"), "pytest.ini": INI})
    return project


def build(project: Project) -> None:
    command = [sys.executable, "setup.py", "--quiet", "build_ext", "--inplace"]
    subprocess.run(command, cwd=project.folder, check=True, capture_output=True)


@pytest.mark.slow
def test_a_compiled_extension_is_built_for_each_side_once(compiled: Project, tmp_path: Path) -> None:
    command = "python setup.py --quiet build_ext --inplace"
    compiled.write({"pytest.ini": INI + f"giflab_setup =\n    echo built >> {tmp_path}/built\n    {command}\n"})
    compiled.commit({"fast/_work.c": EXTENSION.replace("TIMES", "3")})
    compiled.write({"fast/_work.c": EXTENSION.replace("TIMES", "1")})
    build(compiled)
    for _ in range(2):
        require_both_sides(compiled.against("HEAD", *MEASURED, GIFLAB_CACHE_DIR=str(tmp_path / "cache")))
    assert (tmp_path / "built").read_text().split() == ["built", "built"], "once for base, once for head"


def test_an_extension_that_is_installed_is_installed_for_each_side(compiled: Project, tmp_path: Path) -> None:
    compiled.write({"pytest.ini": INI + "giflab_setup = python -m pip install --no-deps --no-build-isolation .\n"})
    setup = SETUP_PY.replace('packages=["fast"]', 'packages=["fast"], package_dir={"": "src"}')
    compiled.write({"src/fast/__init__.py": "", "setup.py": setup.replace("fast/_work.c", "src/fast/_work.c")})
    (compiled.folder / "fast" / "__init__.py").unlink()
    compiled.commit({"src/fast/_work.c": EXTENSION.replace("TIMES", "3")})
    compiled.write({"src/fast/_work.c": EXTENSION.replace("TIMES", "1")})
    python = environment_of(tmp_path / "env")
    install(python, compiled)
    found = compiled.against("HEAD", *MEASURED, python=python, GIFLAB_CACHE_DIR=str(tmp_path / "cache"))
    require_both_sides(found)


@pytest.mark.parametrize("ignored", ["*.so\nbuild\n", "build\n"], ids=["ignored", "not-ignored"])
def test_a_compiled_extension_without_a_way_to_build_it_is_one_error(compiled: Project, ignored: str) -> None:
    compiled.commit({"fast/_work.c": EXTENSION.replace("TIMES", "1"), ".gitignore": ignored})
    build(compiled)
    found = compiled.run("--giflab-against=HEAD")
    assert found.status == pytest.ExitCode.USAGE_ERROR
    assert (
        "is compiled, and git does not track it, so base does not have it. Tell giflab_setup how to build" in found.said
    )


def test_a_build_that_fails_is_one_error_and_is_not_kept(compiled: Project, tmp_path: Path) -> None:
    compiled.write({"pytest.ini": INI + "giflab_setup = python setup.py build_ext --inplace\n"})
    compiled.commit({"fast/_work.c": "no C at all"})
    compiled.write({"fast/_work.c": EXTENSION.replace("TIMES", "1")})
    build(compiled)
    found = compiled.run("--giflab-against=HEAD", GIFLAB_CACHE_DIR=str(tmp_path / "cache"))
    assert found.status == pytest.ExitCode.USAGE_ERROR
    assert "giflab_setup failed for base with exit status 1" in found.said
    assert not list((tmp_path / "cache").rglob("tree"))


def test_this_project_can_be_gated_by_itself(tmp_path: Path) -> None:
    """Base's `giflab_core` and `pytest_giflab` are measured, by the measuring code of head."""
    root = Path(__file__).parents[3]
    project = Project(tmp_path / "project")
    for package in ("giflab_core", "pytest_giflab"):
        shutil.copytree(root / package, project.folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    text = (project.folder / "pytest_giflab" / "decision" / "estimates.py").read_text()
    cut = "    cut = trimmed_count(len(values), least, trim)\n"
    slow = text.replace(cut, f"    sum(range(20_000))\n{cut}")
    assert slow != text
    test = """
    from pytest_giflab.decision.estimates import trimmed_mean

    def test_work(benchmark):
        benchmark(trimmed_mean, [float(value) for value in range(1000)])
    """
    project.commit({"tests/test_work.py": test, "pytest.ini": INI, "pytest_giflab/decision/estimates.py": slow})
    project.write({"pytest_giflab/decision/estimates.py": text})
    found = project.against("HEAD", *MEASURED, PYTHONPATH=os.environ.get("PYTHONPATH", ""))
    assert found.rows["test_work"]["ratio"] < 0.8, found.said
