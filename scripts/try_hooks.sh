#!/usr/bin/env bash
# The hooks of .pre-commit-hooks.yaml, run by pre-commit itself in a repository of somebody else:
# a clean file passes, a live key does not, and no part of it is shown.
#
#   scripts/try_hooks.sh
#
# Needs uv and git; pre-commit comes from PyPI. Works on what is committed here.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PRE_COMMIT_HOME=$work/home
random=$(tr -dc A-Za-z0-9 </dev/urandom | head -c 60 || true)

hooks() { # what both hooks say of what is staged; their exit code
  git -C "$work/theirs" add --all
  (cd "$work/theirs" && uv tool run -q 'pre-commit>=4' run --verbose --color never) 2>&1
}

git init -q "$work/theirs"
cat >"$work/theirs/.pre-commit-config.yaml" <<CONFIG
repos:
- repo: $here
  rev: $(git -C "$here" rev-parse HEAD)
  hooks: [{id: credcheck}, {id: credcheck-files}]
CONFIG
echo 'ADDRESS = "https://shop.example"' >"$work/theirs/shop.py"
hooks || { echo "a clean repository does not pass the hooks" >&2; exit 1; }

printf 'KEY = "sk_%s_%s"\n' live "$random" >"$work/theirs/keys.py"
if said=$(hooks); then
  echo "a live key passed the hooks" >&2
  exit 1
fi
echo "$said"
[ "$(grep -c '^keys.py:1: live key' <<<"$said")" = 2 ] || { echo "not both hooks found the key" >&2; exit 1; }
if grep -qF "${random:0:8}" <<<"$said"; then
  echo "the hooks showed a part of the key" >&2
  exit 1
fi
