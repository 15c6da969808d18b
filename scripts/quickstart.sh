#!/usr/bin/env bash
# Usage: scripts/quickstart.sh PYTHON
# Runs each command of the README's quick start in a fresh clone of its own, as on a newcomer's machine: PYTHON is
# python3, no uv is on the path and no server was built.
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
  (cd "$work/clone$number" && env -u UV_PYTHON_PREFERENCE -u CREDCHECK_REQUIRE_SERVERS \
    PATH="$work/path:/usr/bin:/bin" CREDCHECK_SERVERS_CACHE="$work/none" sh -c "$command")
done <<<"$commands"
