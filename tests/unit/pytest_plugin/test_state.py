"""Whether a project has a manifest."""

from __future__ import annotations

from pathlib import Path

import pytest

from credcheck.pytest_plugin.state import has_manifest


@pytest.mark.parametrize("name", ["credcheck.toml", "pyproject.toml"])
def test_a_manifest_counts_in_the_folder_and_up_to_the_repositorys_root(
    tmp_path: Path, name: str
) -> None:
    inner = tmp_path / "repository" / "inner"
    inner.mkdir(parents=True)
    (tmp_path / name).write_text("[tool.credcheck]\n")
    assert has_manifest(tmp_path)
    assert not has_manifest(inner)
    (tmp_path / "repository" / ".git").mkdir()
    assert not has_manifest(inner)
    (tmp_path / "repository" / name).write_text("[tool.credcheck]\n")
    assert has_manifest(inner)


def test_a_folder_that_cannot_be_looked_into_has_none() -> None:
    assert not has_manifest(Path("/", "a" * 5000))
