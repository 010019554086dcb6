#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Resolves every *.in file again and writes its *.lock file with hashes. Run it by hand after a change of an *.in file,
# after `./launchpad test` has set up once.

set -euo pipefail
cd "$(dirname "$0")/../.."
uv="${UV:-.launchpad/bootstrap/bin/uv}"

lock() {
  local folder=$1 name=$2
  shift 2
  (
    cd "$folder"
    "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --upgrade \
      --no-emit-index-url --no-emit-find-links --no-header "$@" "$name.in" --output-file "$name.lock"
  )
  echo "$folder/$name.lock"
}

uv=$(realpath "$uv")
lock satellites/python requirements
lock satellites/python requirements-ml --constraint requirements.lock
lock satellites/python requirements-test --constraint requirements.lock
lock ops/command bootstrap
lock ops/command demo --no-deps
