#!/usr/bin/env bash
# Usage: scripts/smoke_wheel.sh DIST PYTHON
# Installs the built distributions into clean environments outside the repository, and uses the wheel as a user would.
set -euo pipefail
repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
dist=$(cd "$1" && pwd)
python=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -R "$repository/examples/checkout" "$work/checkout"
cd "$work"

uv venv -q --python "$python" wheel
bin=$work/wheel/bin
uv pip install -q --python "$bin/python" "$dist"/*.whl

"$bin/credcheck" --version
"$bin/python" -m credcheck --version
"$bin/python" - <<'PYTHON'
from importlib.metadata import version
from importlib.resources import files

import credcheck

package = files("credcheck")
assert package.joinpath("py.typed").is_file(), "py.typed is not in the wheel"
tables = sorted(entry.name for entry in package.joinpath("services").iterdir() if entry.name.endswith(".toml"))
assert {"aws.toml", "paypal.toml", "sendgrid.toml", "stripe.toml"} <= set(tables), tables
assert credcheck.__version__ == version("pytest-credcheck"), "the version stands in two places and differs"
print(f"credcheck {credcheck.__version__}, services: {' '.join(tables)}")
PYTHON

[ -s "$work/wheel/share/man/man1/credcheck.1" ] || { echo "the manual page is not in the wheel" >&2; exit 1; }
for shell in bash zsh fish; do "$bin/credcheck" completion "$shell" >/dev/null; done
"$bin/credcheck" schema >/dev/null

# The example without any credential: the plan is told, and the tests that need nothing run.
cd "$work/checkout"
clean=(env -i "PATH=$PATH" "HOME=$work")
"${clean[@]}" "$bin/credcheck" check --context local
uv pip install -q --python "$bin/python" -r pyproject.toml
"${clean[@]}" "$bin/python" -m pytest -q -p no:cacheprovider --credcheck-context local

# The sdist builds and installs as well.
cd "$work"
uv venv -q --python "$python" sdist
uv pip install -q --python "$work/sdist/bin/python" "$dist"/*.tar.gz
"$work/sdist/bin/credcheck" --version
