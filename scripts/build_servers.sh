#!/usr/bin/env bash
# Builds the servers that the integration tests talk to, with Go, into a cache folder:
# CREDCHECK_SERVERS_CACHE, else ~/.cache/credcheck-servers. Does nothing for what is there already.
# A first build takes about six minutes on two cores, nearly all of it Vault's.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

cache=${CREDCHECK_SERVERS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/credcheck-servers}
stripe_mock=v0.203.0
toxiproxy=v2.5.0

install() { # install NAME MODULE VERSION [PROGRAM]: a released command, under another name if said
  local target=$cache/$1-$3
  if [ ! -x "$target/$1" ]; then
    echo "building $1 $3"
    mkdir -p "$target"
    GOBIN=$target go install "$2@$3"
    [ "${4:-$1}" = "$1" ] || mv "$target/$4" "$target/$1"
  fi
  echo "$1 $3: $target/$1"
}

build() { # build NAME FOLDER: a module of ours, keyed by what it is built from
  local folder=$here/$2 key target
  key=$(cat "$folder/main.go" "$folder/go.mod" "$folder/go.sum" | git hash-object --stdin)
  target=$cache/$1-${key:0:16}
  if [ ! -x "$target/$1" ]; then
    echo "building $1"
    mkdir -p "$target"
    (cd "$folder" && go build -o "$target/$1.new" .)
    mv "$target/$1.new" "$target/$1"
  fi
  touch "$target"
  echo "$1: $target/$1"
}

install stripe-mock github.com/stripe/stripe-mock "$stripe_mock"
install toxiproxy github.com/Shopify/toxiproxy/v2/cmd/server "$toxiproxy" server
build vault-dev tests/servers/vault
