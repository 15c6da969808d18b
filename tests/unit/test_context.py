from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from credcheck.context import detect_context
from credcheck.errors import CommandLineError

if TYPE_CHECKING:
    from pathlib import Path


def kind(root: Path, environ: dict[str, str], asked: str | None = None) -> tuple[str, str]:
    context = detect_context(environ, root, asked)
    return context.kind, context.reason


def event(root: Path, head: object, base: str = "acme/shop") -> dict[str, str]:
    data = {"pull_request": {"head": {"repo": head}, "base": {"repo": {"full_name": base}}}}
    (root / "event.json").write_text(json.dumps(data))
    return {
        "CI": "true",
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_NAME": "pull_request",
        "GITHUB_EVENT_PATH": str(root / "event.json"),
    }


def test_without_a_ci_variable_it_is_local(tmp_path: Path) -> None:
    assert kind(tmp_path, {}) == ("local", "no CI variable is set")


@pytest.mark.parametrize(
    ("environ", "name"),
    [
        ({"CI": "true"}, "CI"),
        ({"CI": "1"}, "CI"),
        ({"CI": "true", "GITHUB_ACTIONS": "true"}, "GitHub Actions"),
        ({"CI": "true", "GITLAB_CI": "true"}, "GitLab CI"),
        ({"TF_BUILD": "True"}, "Azure Pipelines"),
        ({"JENKINS_URL": "https://ci.example"}, "Jenkins"),
    ],
)
def test_a_ci_system_is_known_by_its_variable(
    tmp_path: Path, environ: dict[str, str], name: str
) -> None:
    assert kind(tmp_path, environ) == ("ci", name)


@pytest.mark.parametrize("off", ["false", "False", "0"])
def test_ci_false_switches_the_detection_off(tmp_path: Path, off: str) -> None:
    assert kind(tmp_path, {"CI": off, "GITHUB_ACTIONS": "true"})[0] == "local"


@pytest.mark.parametrize("asked", ["local", "ci", "fork"])
def test_what_was_asked_for_wins(tmp_path: Path, asked: str) -> None:
    assert kind(tmp_path, {"CI": "true"}, asked) == (asked, "as asked")


def test_an_unknown_context_is_an_error_with_a_suggestion(tmp_path: Path) -> None:
    with pytest.raises(CommandLineError, match=r"unknown context 'forks' \(did you mean 'fork'\?"):
        detect_context({}, tmp_path, "forks")


def test_a_pull_request_from_another_repository_is_a_fork(tmp_path: Path) -> None:
    environ = event(tmp_path, {"full_name": "eve/shop"})
    assert kind(tmp_path, environ) == ("fork", "GitHub Actions, pull request from a fork")


def test_a_pull_request_from_the_repository_itself_is_not(tmp_path: Path) -> None:
    assert kind(tmp_path, event(tmp_path, {"full_name": "acme/shop"}))[0] == "ci"


def test_a_pull_request_whose_fork_was_deleted_is_a_fork(tmp_path: Path) -> None:
    assert kind(tmp_path, event(tmp_path, None))[0] == "fork"


def test_pull_request_target_has_the_base_repositorys_secrets(tmp_path: Path) -> None:
    environ = event(tmp_path, {"full_name": "eve/shop"})
    environ["GITHUB_EVENT_NAME"] = "pull_request_target"
    assert kind(tmp_path, environ)[0] == "ci"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"pull_request": {"head": 1}}', "\0"])
def test_an_event_that_cannot_be_read_is_taken_for_the_stricter_ci(
    tmp_path: Path, text: str
) -> None:
    environ = event(tmp_path, None)
    (tmp_path / "event.json").write_text(text)
    assert kind(tmp_path, environ)[0] == "ci"


def test_dependabot_is_a_fork(tmp_path: Path) -> None:
    environ = {"GITHUB_ACTIONS": "true", "GITHUB_ACTOR": "dependabot[bot]"}
    assert kind(tmp_path, environ) == ("fork", "GitHub Actions, started by Dependabot")


@pytest.mark.parametrize(
    ("source", "target", "project", "expected"),
    [
        ("7", "1", "7", "fork"),  # the pipeline runs in the fork
        ("7", "1", "1", "fork"),  # a member ran it in the parent
        ("1", "1", "1", "ci"),
        ("7", "", "1", "fork"),
        ("", "1", "1", "ci"),
    ],
)
def test_a_gitlab_merge_request_from_another_project_is_a_fork(
    tmp_path: Path, source: str, target: str, project: str, expected: str
) -> None:
    environ = {
        "GITLAB_CI": "true",
        "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": source,
        "CI_MERGE_REQUEST_PROJECT_ID": target,
        "CI_PROJECT_ID": project,
    }
    assert kind(tmp_path, environ)[0] == expected
