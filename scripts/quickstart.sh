#!/usr/bin/env bash
# Usage: scripts/quickstart.sh PYTHON
# Runs each command of the README's quick start in a fresh clone of its own, with PYTHON as python3 and no uv on the path.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/path"
ln -s "$("$1" -c 'import sys; print(sys._base_executable)')" "$work/path/python3"

commands=$(awk '/^## /{on = /Quick start/} /^```/{code = on && /^```sh/; next} code' README.md)
[ "$(wc -l <<<"$commands")" -eq 2 ] || { echo "the quick start is not two commands" >&2; exit 1; }
number=0
while IFS= read -r command; do
  number=$((number + 1))
  git clone -q . "$work/clone$number"
  printf '$ %s\n' "$command"
  (cd "$work/clone$number" && env -u UV_PYTHON_PREFERENCE PATH="$work/path:/usr/bin:/bin" sh -c "$command")
done <<<"$commands"
