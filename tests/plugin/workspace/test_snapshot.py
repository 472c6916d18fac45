"""Copies of a commit and of the working tree: what is in them, and that nothing else is touched."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pytest_giflab.errors import GitError, GitMissing, NotARepository
from pytest_giflab.workspace.git import Repository
from pytest_giflab.workspace.ignored import include
from pytest_giflab.workspace.snapshot import (
    built_modules,
    copy_commit,
    copy_tree,
    copy_working_tree,
    digest,
    find_repository,
    lay_over,
    leads_out,
    make_folder,
    resolve,
)
from tests.helpers.marks import needs_linux, needs_posix
from tests.helpers.projects import Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path / "project")
    made.commit({"code.py": "one", "old.py": "old", "inner/deep.py": "deep", ".gitignore": "ignored\n*.so\n"})
    return made


def files(tree: Path) -> dict[str, str]:
    found = [path for path in tree.rglob("*") if path.is_file()]
    return {path.relative_to(tree).as_posix(): path.read_text() for path in found if path.name != ".gitignore"}


def test_the_working_tree_counts_with_its_changes(project: Project, tmp_path: Path) -> None:
    project.write({"code.py": "changed", "new.py": "new", "ignored/file": "", "staged.py": "staged"})
    project.git("add", "staged.py")
    (project.folder / "old.py").unlink()
    copy_working_tree(project.folder, tmp_path / "tree")
    assert files(tmp_path / "tree") == {
        "code.py": "changed",
        "inner/deep.py": "deep",
        "new.py": "new",
        "staged.py": "staged",
    }


def test_byte_code_baselines_environments_and_other_repositories_stay_out(project: Project, tmp_path: Path) -> None:
    project.write(
        {
            "__pycache__/code.pyc": "",
            "inner/__pycache__/deep.pyc": "",
            ".giflab/baselines/main.json": "",
            "envs/mine/pyvenv.cfg": "",
            "envs/mine/lib/package.py": "",
        }
    )
    Project(project.folder / "nested").commit({"file.py": ""})
    copy_working_tree(project.folder, tmp_path / "tree")
    assert set(files(tmp_path / "tree")) == {"code.py", "old.py", "inner/deep.py"}


@needs_posix
def test_compiled_modules_stay_out_unless_git_tracks_them(project: Project, tmp_path: Path) -> None:
    project.commit({".gitignore": "", "inner/ours.abi3.so": "tracked"})
    project.write({"inner/fast.abi3.so": "left by a build"})
    copy_working_tree(project.folder, tmp_path / "tree")
    assert sorted(files(tmp_path / "tree")) == ["code.py", "inner/deep.py", "inner/ours.abi3.so", "old.py"]


def test_a_second_copy_has_no_byte_code_that_a_file_laid_over_it_could_be_taken_for(
    project: Project, tmp_path: Path
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    copy_working_tree(project.folder, first)
    compiled = first / "inner" / "__pycache__" / "deep.cpython-311.pyc"
    compiled.parent.mkdir()
    compiled.write_text("of the old deep.py")
    copy_tree(first, second)
    assert set(files(second)) == {"code.py", "old.py", "inner/deep.py"}


def test_a_commit_is_as_it_was_and_the_index_stays(project: Project, tmp_path: Path) -> None:
    commit = project.git("rev-parse", "HEAD")
    project.commit({"code.py": "two"})
    project.write({"code.py": "three", "other.py": ""})
    project.git("add", "other.py")
    index = (project.folder / ".git" / "index").read_bytes()
    status = project.git("status", "--porcelain")
    copy_commit(Repository(project.folder), project.folder, commit, tmp_path / "base")
    copy_working_tree(project.folder, tmp_path / "head")
    assert files(tmp_path / "base") == {"code.py": "one", "old.py": "old", "inner/deep.py": "deep"}
    assert not (tmp_path / "base.index").exists()
    assert project.git("status", "--porcelain") == status
    assert project.git("worktree", "list").count("\n") == 0
    assert index == (project.folder / ".git" / "index").read_bytes()


@needs_posix
def test_links_stay_links(project: Project, tmp_path: Path) -> None:
    (project.folder / "link").symlink_to("code.py")
    (project.folder / "broken").symlink_to("nowhere")
    copy_working_tree(project.folder, tmp_path / "tree")
    assert os.readlink(tmp_path / "tree" / "link") == "code.py"
    assert os.readlink(tmp_path / "tree" / "broken") == "nowhere"


@needs_linux
def test_names_in_any_encoding_are_copied(project: Project, tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9 \xc3\xa9\n.txt")
    (project.folder / name).write_text("x")
    commit = project.commit()
    copy_working_tree(project.folder, tmp_path / "head")
    copy_commit(Repository(project.folder), project.folder, commit, tmp_path / "base")
    assert (tmp_path / "head" / name).read_text() == (tmp_path / "base" / name).read_text() == "x"
    assert digest(tmp_path / "head") == digest(tmp_path / "base")


def test_submodules_are_in_at_the_commit_of_each_side(project: Project, tmp_path: Path) -> None:
    library = Project(tmp_path / "library")
    library.commit({"lib.py": "one"})
    project.git("submodule", "--quiet", "add", str(library.folder), "vendored")
    first = project.commit()
    library.commit({"lib.py": "two"})
    project.git("-C", "vendored", "pull", "--quiet", "origin", "main")
    (project.folder / "vendored" / "lib.py").write_text("three")
    copy_commit(Repository(project.folder), project.folder, first, tmp_path / "base")
    copy_working_tree(project.folder, tmp_path / "head")
    assert (tmp_path / "base" / "vendored" / "lib.py").read_text() == "one"
    assert (tmp_path / "head" / "vendored" / "lib.py").read_text() == "three"


def test_a_submodule_that_is_not_there_is_left_out_of_both(project: Project, tmp_path: Path) -> None:
    library = Project(tmp_path / "library")
    library.commit({"lib.py": "one"})
    project.git("submodule", "--quiet", "add", str(library.folder), "vendored")
    commit = project.commit()
    project.git("submodule", "--quiet", "deinit", "--force", "vendored")
    copy_commit(Repository(project.folder), project.folder, commit, tmp_path / "base")
    copy_working_tree(project.folder, tmp_path / "head")
    assert not (tmp_path / "base" / "vendored" / "lib.py").exists()
    assert not (tmp_path / "head" / "vendored" / "lib.py").exists()


def test_a_git_hook_is_no_obstacle(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = Project(tmp_path / "other")
    other.commit({"wrong.py": ""})
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"):
        monkeypatch.setenv(name, str(other.folder / ".git"))
    repository = find_repository(project.folder)
    assert repository.top() == project.folder
    copy_working_tree(project.folder, tmp_path / "tree")
    assert "code.py" in files(tmp_path / "tree")


def test_a_ref_is_a_branch_a_tag_or_a_commit(project: Project) -> None:
    first = project.git("rev-parse", "HEAD")
    project.git("tag", "v1")
    project.git("switch", "--quiet", "--create", "feature")
    project.commit({"code.py": "two"})
    project.git("switch", "--quiet", "--detach")
    repository = Repository(project.folder)
    assert {resolve(repository, name) for name in ("main", "v1", first[:8], "HEAD~1", "main...")} == {first}


def test_three_dots_are_where_the_branches_parted(project: Project) -> None:
    first = project.git("rev-parse", "HEAD")
    project.git("switch", "--quiet", "--create", "feature")
    project.git("switch", "--quiet", "main")
    project.commit({"code.py": "two"})
    project.git("switch", "--quiet", "feature")
    assert resolve(Repository(project.folder), "main...") == first


@pytest.mark.parametrize("ref", ["nothing", "--all", "HEAD:code.py", "", "nothing...", "HEAD..main"])
def test_what_is_no_commit_is_one_error(project: Project, ref: str) -> None:
    with pytest.raises(GitError, match=r"^no com.* in this repository; fetch it, or name another"):
        resolve(Repository(project.folder), ref)


def test_a_missing_ref_of_a_shallow_clone_says_how_to_get_it(project: Project, tmp_path: Path) -> None:
    first = project.git("rev-parse", "HEAD")
    project.commit({"code.py": "two"})
    clone = ["git", "clone", "--quiet", "--depth=1", project.folder.as_uri(), str(tmp_path / "clone")]
    subprocess.run(clone, check=True)
    with pytest.raises(GitError, match="shallow: fetch more of it"):
        resolve(Repository(tmp_path / "clone"), first)


def test_a_branch_that_only_the_remote_has_is_named(project: Project, tmp_path: Path) -> None:
    project.git("branch", "feature")
    subprocess.run(["git", "clone", "--quiet", str(project.folder), str(tmp_path / "clone")], check=True)
    with pytest.raises(GitError, match="no commit 'feature' in this repository; there is origin/feature"):
        resolve(Repository(tmp_path / "clone"), "feature")


def test_outside_of_git_is_one_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    (tmp_path / "plain").mkdir()
    with pytest.raises(NotARepository, match="is not in a git repository"):
        find_repository(tmp_path / "plain")


def test_without_git_is_one_error(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent / "none"))
    with pytest.raises(GitMissing, match="git is not installed"):
        find_repository(project.folder)


@needs_posix
def test_the_digest_changes_with_content_name_and_mode(project: Project, tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    copy_working_tree(project.folder, tree)
    seen = {digest(tree)}
    (tree / "code.py").write_text("two")
    seen.add(digest(tree))
    (tree / "code.py").rename(tree / "code2.py")
    seen.add(digest(tree))
    (tree / "code2.py").chmod(0o755)
    seen.add(digest(tree))
    assert len(seen) == 4


def test_files_are_laid_over(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name / "tests").mkdir(parents=True)
        (tmp_path / name / "tests" / "t.py").write_text(name)
    lay_over(tmp_path / "two", tmp_path / "one", ["tests/t.py"])
    assert (tmp_path / "one" / "tests" / "t.py").read_text() == "two"


def test_compiled_modules_that_git_does_not_track_are_found_beside_the_code(project: Project, tmp_path: Path) -> None:
    project.write({"inner/_fast.so": "", "ignored/_other.so": "", "data/_not_beside_code.so": ""})
    (project.folder / ".gitignore").write_text("ignored\n_fast.so\n")
    project.write({"inner/_untracked.so": ""})
    copy_working_tree(project.folder, tmp_path / "tree")
    assert sorted(built_modules(project.folder, tmp_path / "tree")) == ["inner/_fast.so", "inner/_untracked.so"]


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder that no snapshot may write into."""
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "t.py").write_text("precious")
    return folder


def is_untouched(outside: Path) -> bool:
    return files(outside) == {"t.py": "precious"}


@needs_posix
def test_what_is_laid_over_a_link_stays_in_the_snapshot(tmp_path: Path, outside: Path) -> None:
    (tmp_path / "two" / "tests" / "deep").mkdir(parents=True)
    for name in ("tests/t.py", "tests/deep/new.py"):
        (tmp_path / "two" / name).write_text("two")
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "tests").symlink_to(outside)
    lay_over(tmp_path / "two", tmp_path / "one", ["tests/t.py", "tests/deep/new.py"])
    assert is_untouched(outside)
    assert files(tmp_path / "one") == {"tests/t.py": "two", "tests/deep/new.py": "two"}


@needs_posix
def test_a_link_that_took_the_place_of_a_tracked_folder_is_copied_as_a_link(
    project: Project, tmp_path: Path, outside: Path
) -> None:
    project.commit({"tests/t.py": "tracked"})
    (project.folder / "tests" / "t.py").unlink()
    (project.folder / "tests").rmdir()
    (project.folder / "tests").symlink_to(outside)
    copy_working_tree(project.folder, tmp_path / "tree")
    assert is_untouched(outside)
    assert (tmp_path / "tree" / "tests").readlink() == outside


@needs_posix
def test_what_is_included_is_not_written_through_a_link_of_base(
    project: Project, tmp_path: Path, outside: Path
) -> None:
    project.write({"ignored/data/new": "data"})
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "ignored").symlink_to(outside)
    include(project.folder, project.folder, ["ignored"], [tmp_path / "base"])
    assert is_untouched(outside)
    assert files(tmp_path / "base") == {"ignored/data/new": "data"}


@needs_posix
def test_a_tracked_link_of_a_name_that_is_left_out_is_left_out(project: Project, tmp_path: Path, outside: Path) -> None:
    (project.folder / "inner" / ".giflab").symlink_to(outside)
    commit = project.commit()
    copy_commit(find_repository(project.folder), project.folder, commit, tmp_path / "tree")
    assert is_untouched(outside)
    assert not (tmp_path / "tree" / "inner" / ".giflab").is_symlink()


@needs_posix
@pytest.mark.parametrize("kind", ["link", "file"])
def test_a_file_of_the_name_of_a_submodules_index_is_kept(
    project: Project, tmp_path: Path, outside: Path, kind: str
) -> None:
    library = Project(tmp_path / "library")
    library.commit({"lib.py": "one"})
    project.git("submodule", "--quiet", "add", str(library.folder), "vendored")
    if kind == "link":
        (project.folder / "vendored.index").symlink_to(outside / "t.py")
    else:
        project.write({"vendored.index": "precious"})
    commit = project.commit()
    copy_commit(Repository(project.folder), project.folder, commit, tmp_path / "tree")
    assert is_untouched(outside)
    assert (tmp_path / "tree" / "vendored.index").read_text() == "precious"
    assert (tmp_path / "tree" / "vendored" / "lib.py").read_text() == "one"


@needs_posix
def test_a_folder_is_not_made_through_a_link_that_leads_out(tmp_path: Path, outside: Path) -> None:
    (tmp_path / "tree" / "inner").mkdir(parents=True)
    (tmp_path / "tree" / "way").symlink_to(outside)
    (tmp_path / "tree" / "beside").symlink_to("inner")
    for name in ("way/deeper", "beside/deeper"):
        make_folder(tmp_path / "tree", tmp_path / "tree" / name)
    assert os.listdir(outside) == ["t.py"]
    assert (tmp_path / "tree" / "way" / "deeper").is_dir()
    assert (tmp_path / "tree" / "inner" / "deeper").is_dir()


@needs_posix
def test_it_is_known_whether_a_link_leads_to_a_folder_outside(tmp_path: Path, outside: Path) -> None:
    (tmp_path / "tree" / "inner").mkdir(parents=True)
    (tmp_path / "tree" / "beside").symlink_to("inner")
    (tmp_path / "tree" / "inner" / "file").symlink_to(outside / "t.py")
    assert not leads_out(tmp_path / "tree")
    (tmp_path / "tree" / "inner" / "way").symlink_to(outside)
    assert leads_out(tmp_path / "tree")
