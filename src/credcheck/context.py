"""Who is running: a person's machine, a CI job, or a CI job for code from a fork."""

from __future__ import annotations

from typing import TYPE_CHECKING

from credcheck.errors import CommandLineError, suggest
from credcheck.model import CONTEXT_KINDS, Context

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# Variables that CI systems set for every job; source: the table of npm's `ci-info` 4.5.0 (MIT).
_CI_SYSTEMS = (
    ("GITHUB_ACTIONS", "GitHub Actions"),
    ("GITLAB_CI", "GitLab CI"),
    ("TF_BUILD", "Azure Pipelines"),
    ("CIRCLECI", "CircleCI"),
    ("BUILDKITE", "Buildkite"),
    ("JENKINS_URL", "Jenkins"),
    ("TEAMCITY_VERSION", "TeamCity"),
    ("TRAVIS", "Travis CI"),
    ("CODEBUILD_BUILD_ARN", "AWS CodeBuild"),
    ("BITBUCKET_COMMIT", "Bitbucket Pipelines"),
    ("CI", "CI"),
)


def detect_context(environ: Mapping[str, str], root: Path, kind: str | None = None) -> Context:
    """Make the context of this run.

    Args:
        environ: the process environment.
        root: the folder of the manifest, or the one in which the run was started.
        kind: `local`, `ci` or `fork` where somebody said it; it wins over every detection.

    Raises:
        CommandLineError: ``kind`` is none of the three.
    """
    ci = _ci_system(environ)
    if kind is not None:
        for known in CONTEXT_KINDS:
            if kind == known:
                return Context(kind=known, root=root, environ=environ, ci=ci, reason="as asked")
        raise CommandLineError(
            f"unknown context {kind!r}{suggest(kind, CONTEXT_KINDS)}",
            f"use one of: {', '.join(CONTEXT_KINDS)}",
        )
    if ci is None:
        return Context(kind="local", root=root, environ=environ, reason="no CI variable is set")
    fork = _fork_reason(environ, ci)
    if fork:
        return Context(kind="fork", root=root, environ=environ, ci=ci, reason=fork)
    return Context(kind="ci", root=root, environ=environ, ci=ci, reason=ci)


def _ci_system(environ: Mapping[str, str]) -> str | None:
    """Name the CI system; `CI=false` switches every detection off."""
    if environ.get("CI", "").strip().lower() in {"false", "0"}:
        return None
    for variable, name in _CI_SYSTEMS:
        if environ.get(variable, "").strip().lower() not in {"", "false", "0"}:
            return name
    return None


def _fork_reason(environ: Mapping[str, str], ci: str) -> str:
    """Say why this job runs foreign code, or nothing."""
    if ci == "GitHub Actions":
        # Jobs that Dependabot starts get no Actions secrets, whoever owns the branch.
        # https://docs.github.com/en/code-security/dependabot/troubleshooting-dependabot
        if environ.get("GITHUB_ACTOR") == "dependabot[bot]":
            return "GitHub Actions, started by Dependabot"
        if _github_head_is_fork(environ):
            return "GitHub Actions, pull request from a fork"
    if ci == "GitLab CI":
        # A fork's merge request runs in the fork or, if a member starts it, in the parent.
        # https://docs.gitlab.com/ci/variables/predefined_variables/
        source = environ.get("CI_MERGE_REQUEST_SOURCE_PROJECT_ID")
        target = environ.get("CI_MERGE_REQUEST_PROJECT_ID") or environ.get("CI_PROJECT_ID")
        if source and target and source != target:
            return "GitLab CI, merge request from a fork"
    return ""


def _github_head_is_fork(environ: Mapping[str, str]) -> bool:
    """Compare the repositories of the event; what cannot be read is taken for the stricter `ci`."""
    # `pull_request_target` runs with the secrets of the base repository: not a fork's run.
    if environ.get("GITHUB_EVENT_NAME") not in {
        "pull_request",
        "pull_request_review",
        "pull_request_review_comment",
    }:
        return False
    import json

    try:
        with open(environ.get("GITHUB_EVENT_PATH", ""), encoding="utf-8") as file:  # noqa: PTH123
            pull_request = json.load(file)["pull_request"]
        head = pull_request["head"]["repo"]  # null when the fork was deleted
        return head is None or head["full_name"] != pull_request["base"]["repo"]["full_name"]
    except (OSError, ValueError, KeyError, TypeError):
        return False
