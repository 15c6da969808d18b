"""Which tests need which secret, read from their source without importing it.

    settings     what pytest's configuration says is a test
    files        the files that pytest would collect
    source       Python source as data: names, imports inside the root, constants
    marks        what `require_secret` and `parametrize` say
    fixtures     what a test needs through its fixtures and its body
    collecting   the tests of one module
    sifting      from files to groups

A file that can have nothing to do with secrets costs one read and is not parsed.
"""

# Paths are strings here: thousands of them are made, and pathlib takes many times as long.
# ruff: noqa: PTH100

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from credcheck.discovery.files import find_files
from credcheck.discovery.settings import read_settings
from credcheck.discovery.sifting import sift

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from credcheck.model import TestGroup


def discover(
    root: Path,
    paths: Sequence[str] = (),
    *,
    suite_paths: Sequence[str] = (),
    problems: list[str] | None = None,
) -> tuple[TestGroup, ...]:
    """Count the tests by what they need.

    Args:
        root: the project; paths in the answer are relative to it.
        paths: files, folders and node ids, relative to the root or absolute; by default pytest's
            `testpaths`, or else everything below the root.
        suite_paths: folders and files, relative to the root, whose every test counts, also those
            that need nothing of their own.
        problems: gets one sentence for every file that could matter and cannot be read.

    Returns:
        One group for each module and need, sorted by path and line.
    """
    told = problems if problems is not None else []
    top = os.path.abspath(root)
    settings = read_settings(top)
    files = find_files(top, settings, paths, suite_paths, told)
    return sift(top, files, settings, named=bool(paths), suite_paths=suite_paths, problems=told)
