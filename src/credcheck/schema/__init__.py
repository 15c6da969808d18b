"""The JSON Schemas of the manifest and of the report, in draft 7 as SchemaStore wants it.

The files beside this one are made by `python scripts/build_schema.py` from the reference pages, and
held against the tables of the manifest by a test. Their paths are public: tools refer to them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

# what there is a schema of -> the file
SCHEMAS = {"manifest": "credcheck.schema.json", "report": "credcheck-report.schema.json"}

_FOLDER = Path(__file__).parent


def schema_text(name: str) -> str:
    """Give a schema as it is shipped.

    Args:
        name: a key of ``SCHEMAS``.
    """
    return _FOLDER.joinpath(SCHEMAS[name]).read_text(encoding="utf-8")


def tool_schema(tool_name: str) -> dict[str, Any]:  # noqa: ARG001
    """Give the schema of `[tool.credcheck]` to validate-pyproject (its entry point).

    Args:
        tool_name: the table's name, `credcheck`.
    """
    read: dict[str, Any] = json.loads(schema_text("manifest"))
    return read
