#!/usr/bin/env bash
# Builds the servers that the integration tests talk to, with Go, into a cache folder:
# CREDCHECK_SERVERS_CACHE, else ~/.cache/credcheck-servers. Does nothing for what is there already.
set -euo pipefail

cache=${CREDCHECK_SERVERS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/credcheck-servers}
stripe_mock=v0.203.0

build() { # build NAME MODULE VERSION
  local target=$cache/$1-$3
  if [ ! -x "$target/$1" ]; then
    echo "building $1 $3"
    mkdir -p "$target"
    GOBIN=$target go install "$2@$3"
  fi
  echo "$1 $3: $target/$1"
}

build stripe-mock github.com/stripe/stripe-mock "$stripe_mock"
