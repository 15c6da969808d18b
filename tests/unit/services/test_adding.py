"""What docs/how-to/add-a-service.md says: a new vendor is one file and one command."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from credcheck import services
from credcheck.broker import Broker
from credcheck.manifest import load_manifest
from support.keys import tail
from support.projects import write_project

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "how-to" / "add-a-service.md").read_text(encoding="utf-8")
IN_MANIFEST, IN_PACKAGE = re.findall(r"^```toml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
(COMMAND,) = re.findall(r"^```sh\n(.*)\n```", PAGE, re.MULTILINE)

JUDGE = """
import sys
from credcheck.classifier import classify
from credcheck.services import guess_service, service_ids
for mode in ("test", "live"):
    value = f"acme_{mode}_" + sys.argv[1]
    print(classify(value, "acme").mode, classify(value).mode, classify(value, "stripe").mode)
print(guess_service("ACME_API_KEY"), "acme" in service_ids())
"""


def run(words: list[str], root: Path) -> str:
    environ = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    ran = subprocess.run(
        [sys.executable, *words],
        cwd=root,
        env={**environ, "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout


def test_one_new_file_and_one_command_are_all(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "src" / "credcheck", tmp_path / "credcheck")
    folder = tmp_path / "credcheck" / "services"
    before = {path: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    (folder / "acme.toml").write_text(IN_PACKAGE, encoding="utf-8")
    python, *words = COMMAND.split()
    assert python == "python"
    run(words, tmp_path)
    changed = {path.name for path, was in before.items() if path.read_bytes() != was}
    assert changed == {"_data.py", "_index.py"}
    judged = run(["-c", JUDGE, tail(32)], tmp_path).splitlines()
    assert judged == ["test test unknown", "live live live", "acme True"]


@pytest.mark.parametrize(
    ("mark", "state"), [("acme_test_", "ready"), ("acme_live_", "live"), ("acme_", "malformed")]
)
def test_a_service_of_the_manifest_judges_as_the_page_says(
    tmp_path: Path, mark: str, state: str
) -> None:
    table = IN_MANIFEST.replace("[tool.credcheck.", "[").replace("[[tool.credcheck.", "[[")
    write_project(tmp_path, table, ACME_API_KEY=mark + tail(32))
    broker = Broker.load(environ={}, cwd=tmp_path)
    broker.resolve(["ACME_API_KEY"])
    assert broker.status("ACME_API_KEY").state == state


def test_the_name_of_a_variable_supplies_an_own_service_too(tmp_path: Path) -> None:
    table = IN_MANIFEST.partition("[tool.credcheck.services.acme]")
    text = "".join(table[1:]).replace("tool.credcheck.", "")
    write_project(tmp_path, f"{text}[secrets.ACME_KEY]\n", ACME_KEY="acme_" + "test_" + tail(32))
    broker = Broker.load(environ={}, cwd=tmp_path)
    broker.resolve(["ACME_KEY"])
    status = broker.status("ACME_KEY")
    assert (status.service, status.mode) == ("acme", "test")


def test_an_own_services_usual_variables_come_first(tmp_path: Path) -> None:
    write_project(tmp_path, "[services.acme]\nenv = ['STRIPE_SECRET_KEY']\n")
    own = load_manifest(tmp_path, known_services=()).services
    assert services.guess_service("STRIPE_SECRET_KEY", own) == "acme"
    assert services.guess_service("STRIPE_API_KEY", own) == "stripe"
    assert services.guess_service("ACME_STRIPE", own) == "acme"
