from __future__ import annotations

import os
from pathlib import Path

import pytest

from credcheck.errors import ManifestError
from credcheck.manifest import load_manifest
from credcheck.model import Manifest

TABLE = '[tool.credcheck]\nambient = "off"\n'
KEYS = 'ambient = "off"\n'


def load(root: Path, explicit: str | Path | None = None) -> Manifest:
    path = None if explicit is None else Path(explicit)
    return load_manifest(root, explicit=path, known_services=("stripe",))


def mistakes(root: Path, explicit: str | Path | None = None) -> tuple[str, ...]:
    with pytest.raises(ManifestError) as caught:
        load(root, explicit)
    assert str(caught.value).startswith("\n".join(caught.value.problems))
    return caught.value.problems


def hint(root: Path, explicit: str | Path | None = None) -> str:
    with pytest.raises(ManifestError) as caught:
        load(root, explicit)
    return caught.value.hint


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with two folders below; above it stands a manifest that must not count."""
    (tmp_path / "credcheck.toml").write_text('ambient = "refuse"\n')
    root = tmp_path / "repository"
    (root / ".git").mkdir(parents=True)
    (root / "a" / "b").mkdir(parents=True)
    return root


def test_a_project_without_a_manifest_gets_an_empty_one(repository: Path) -> None:
    assert load(repository / "a") == Manifest(root=repository / "a")


def test_credcheck_toml_holds_the_keys_at_its_top_level(repository: Path) -> None:
    (repository / "credcheck.toml").write_text(KEYS)

    found = load(repository)

    assert found == Manifest(
        root=repository,
        path=repository / "credcheck.toml",
        project="repository",
        ambient="off",
    )


def test_pyproject_holds_the_table(repository: Path) -> None:
    (repository / "pyproject.toml").write_text('project.name = "shop"\n' + TABLE)

    found = load(repository)

    assert found == Manifest(
        root=repository, path=repository / "pyproject.toml", project="shop", ambient="off"
    )


def test_the_walk_goes_up_to_the_root_of_the_repository(repository: Path) -> None:
    (repository / "credcheck.toml").write_text(KEYS)
    found = load(repository / "a" / "b")
    assert (found.root, found.path) == (repository, repository / "credcheck.toml")


def test_the_nearest_manifest_wins(repository: Path) -> None:
    (repository / "credcheck.toml").write_text(KEYS)
    (repository / "a" / "pyproject.toml").write_text(TABLE)
    assert load(repository / "a" / "b").root == repository / "a"


def test_the_root_of_a_repository_may_be_marked_by_a_file(tmp_path: Path) -> None:
    (tmp_path / "credcheck.toml").write_text(KEYS)
    worktree = tmp_path / "worktree"
    worktree.mkdir()
    (worktree / ".git").write_text("gitdir: elsewhere\n")
    assert load(worktree).path is None


def test_outside_a_repository_only_the_folder_itself_counts(tmp_path: Path) -> None:
    (tmp_path / "credcheck.toml").write_text(KEYS)
    below = tmp_path / "below"
    below.mkdir()
    assert load(below).path is None
    assert load(tmp_path).path == tmp_path / "credcheck.toml"


@pytest.mark.parametrize(
    "text",
    [
        "[project]\nname = 'x'\n",
        "[project]\nname = 'x'\ndependencies = ['pytest-credcheck']\n",
        "tool = 'credcheck'\n",
        "[broken\n",
    ],
)
def test_a_pyproject_without_the_table_does_not_end_the_walk(repository: Path, text: str) -> None:
    (repository / "a" / "pyproject.toml").write_text(text)
    (repository / "credcheck.toml").write_text(KEYS)
    assert load(repository / "a").root == repository


def test_an_empty_credcheck_toml_is_a_manifest(repository: Path) -> None:
    (repository / "a" / "credcheck.toml").write_text("")
    assert load(repository / "a" / "b").path == repository / "a" / "credcheck.toml"


def test_two_manifests_in_one_folder_are_an_error_that_names_both(repository: Path) -> None:
    (repository / "credcheck.toml").write_text(KEYS)
    (repository / "pyproject.toml").write_text(TABLE)
    assert mistakes(repository) == (
        "pyproject.toml has a [tool.credcheck] table, and there is credcheck.toml too",
    )
    assert hint(repository) == "keep one of the two"


def test_a_named_manifest_is_not_held_against_its_neighbor(repository: Path) -> None:
    (repository / "credcheck.toml").write_text(KEYS)
    (repository / "pyproject.toml").write_text(TABLE)
    assert load(repository, "pyproject.toml").path == repository / "pyproject.toml"
    assert load(repository, repository / "credcheck.toml").path == repository / "credcheck.toml"


def test_a_named_file_of_any_other_name_holds_the_keys_at_its_top_level(repository: Path) -> None:
    (repository / "a" / "team.toml").write_text(KEYS)
    found = load(repository, "a/team.toml")
    assert (found.root, found.ambient, found.project) == (repository / "a", "off", "a")


def test_a_named_pyproject_without_the_table_is_an_error(repository: Path) -> None:
    (repository / "pyproject.toml").write_text(KEYS)
    assert mistakes(repository, "pyproject.toml") == (
        "pyproject.toml: there is no [tool.credcheck] table",
    )
    assert hint(repository, "pyproject.toml") == "credcheck init"


@pytest.mark.parametrize("name", ["nowhere.toml", "nowhere/at.toml", "pyproject.toml"])
def test_a_named_file_that_is_missing_is_an_error(repository: Path, name: str) -> None:
    assert mistakes(repository, name) == (f"{name}: there is no such file",)
    assert hint(repository, name) == "credcheck init"


def test_a_file_outside_the_folder_is_shown_with_its_whole_path(repository: Path) -> None:
    (repository / "credcheck.toml").write_text("nope = 1\n")
    (problem,) = mistakes(repository / "a")
    assert problem.startswith(f"{repository / 'credcheck.toml'}:1: nope: unknown key; known: ")


@pytest.mark.parametrize(
    ("pyproject", "name"),
    [
        ('[project]\nname = "shop"\n', "shop"),
        ("[project]\nname = 3\n", "repository"),
        ('[project]\nname = " "\n', "repository"),
        ("project = 3\n", "repository"),
        ("[broken\n", "repository"),
        ("", "repository"),
    ],
)
def test_the_project_is_named_by_the_pyproject_beside_the_manifest(
    repository: Path, pyproject: str, name: str
) -> None:
    (repository / "credcheck.toml").write_text(KEYS)
    (repository / "pyproject.toml").write_text(pyproject)
    assert load(repository).project == name


# ── files that are no manifest ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a = 1\nb =\n", "credcheck.toml:2: not valid TOML: invalid value"),
        (
            "a = 1\n\nhunter2 hunter2\n",
            "credcheck.toml:3: not valid TOML: expected '=' after a key",
        ),
        ("a = 1\na = 2\n", "credcheck.toml:2: not valid TOML: cannot overwrite a value"),
        ("a = 'x\n", "credcheck.toml:1: not valid TOML"),
        ("[hunter2]\n[hunter2]\n", "credcheck.toml:2: not valid TOML"),
        ("a = '\x01'\n", "credcheck.toml:1: not valid TOML"),
        ("a = " + "9" * 5000, "credcheck.toml: not valid TOML"),
        ("a = " + "[" * 100_000, "credcheck.toml: nested too deeply"),
    ],
    ids=["value", "equals", "twice", "end", "table", "control", "digits", "deep"],
)
def test_broken_toml_is_placed_and_not_quoted(repository: Path, text: str, problem: str) -> None:
    (repository / "credcheck.toml").write_text(text)
    (found,) = mistakes(repository)
    assert found.partition(" in a key/value pair")[0] == problem


def test_a_broken_pyproject_that_speaks_of_credcheck_is_an_error(repository: Path) -> None:
    (repository / "pyproject.toml").write_text("[tool.credcheck\n")
    assert mistakes(repository) == (
        "pyproject.toml:1: not valid TOML: expected ']' at the end of a table declaration",
    )


def test_a_file_that_is_not_utf8_is_an_error_with_its_line(repository: Path) -> None:
    (repository / "credcheck.toml").write_bytes(b"x-a = 1\nx-b = '\xff'\n")
    assert mistakes(repository) == ("credcheck.toml:2: not UTF-8 text",)
    assert hint(repository) == "save the file as UTF-8"


def test_utf16_is_an_error(repository: Path) -> None:
    (repository / "credcheck.toml").write_bytes(KEYS.encode("utf-16"))
    assert mistakes(repository) == ("credcheck.toml:1: not UTF-8 text",)


def test_a_byte_order_mark_is_skipped(repository: Path) -> None:
    (repository / "credcheck.toml").write_bytes(KEYS.encode("utf-8-sig"))
    assert load(repository).ambient == "off"


def test_a_file_of_more_than_a_megabyte_is_an_error(repository: Path) -> None:
    (repository / "credcheck.toml").write_text("#" * 999_999 + "\n")
    assert load(repository).path is not None
    (repository / "credcheck.toml").write_text("#" * 1_000_000 + "\n")
    assert mistakes(repository) == ("credcheck.toml: larger than 1 MB, which is no manifest",)


def test_a_folder_is_an_error(repository: Path) -> None:
    (repository / "credcheck.toml").mkdir()
    assert mistakes(repository) == ("credcheck.toml: this is a folder",)
    assert mistakes(repository, ".") == (".: this is a folder",)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs on this system")
def test_a_fifo_is_an_error_and_not_waited_for(repository: Path) -> None:
    os.mkfifo(repository / "credcheck.toml")
    assert mistakes(repository) == ("credcheck.toml: this is not a regular file",)


def test_a_loop_of_links_is_an_error(repository: Path) -> None:
    (repository / "credcheck.toml").symlink_to(repository / "credcheck.toml")
    (problem,) = mistakes(repository)
    assert problem.startswith("credcheck.toml: cannot be read: ")


def test_a_link_to_nothing_is_an_error(repository: Path) -> None:
    (repository / "credcheck.toml").symlink_to("nowhere.toml")
    assert mistakes(repository) == ("credcheck.toml: a link to nothing",)
    assert hint(repository) == "rm credcheck.toml"


def test_a_path_that_cannot_be_one_is_an_error(repository: Path) -> None:
    assert mistakes(repository, "a\0b") == ("a\0b: cannot be read: bad path",)


def test_a_folder_above_that_may_not_be_read_ends_no_search(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path) -> bool:
        raise PermissionError(self)

    (repository / "credcheck.toml").write_text(KEYS)
    monkeypatch.setattr(Path, "exists", refuse)
    assert load(repository).path == repository / "credcheck.toml"
    assert load(repository / "a").path is None
