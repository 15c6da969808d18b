#!/usr/bin/env bash
# Usage: scripts/build_man.sh [FILE]
# Writes the manual page of the command, from docs/reference/command.md; to data/share/man/man1/credcheck.1 if not said.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
target=${1:-data/share/man/man1/credcheck.1}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# no date: the page is the same on every day
uv run --no-sync --group docs sphinx-build -q -b man -E -D today=' ' docs "$work"
mkdir -p "$(dirname "$target")"
# a link to another page leads nowhere from here: its title stays
sed -E 's/ ?\\%<>(\\&)?//g' "$work/credcheck.1" >"$target"
