# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# What the other parts of the command share. Sourced with ROOT set to the source tree.

# Progress goes to stderr: stdout belongs to results.
say() { printf '\033[1m==>\033[0m %s\n' "$*" >&2; }
note() { printf '    %s\n' "$*" >&2; }

if [ ! -t 2 ]; then
  say() { printf '==> %s\n' "$*" >&2; }
fi

die() {
  printf 'launchpad: %s\n' "$*" >&2
  exit 1
}

is_root() { [ "$(id -u)" -eq 0 ]; }

# others_can_traverse PATH: every folder down to PATH lets any user through. Worker accounts are such users.
others_can_traverse() {
  local path mode
  path=$(readlink -f "$1") || return 1
  while :; do
    mode=$(stat -c %a "$path") || return 1
    (( 8#$mode & 1 )) || return 1
    [ "$path" != / ] || return 0
    path=$(dirname "$path")
  done
}

key_of() { sha256sum | cut -c1-16; }

# Where everything built or installed goes. A clone under a 0700 home is fine for its owner, but as root the scripts
# run as worker accounts, who could not read it there.
choose_state_folder() {
  if is_root && ! others_can_traverse "$ROOT"; then
    printf '/var/lib/launchpad-dev/%s\n' "$(printf %s "$ROOT" | key_of)"
  else
    printf '%s/.launchpad\n' "$ROOT"
  fi
}

STATE=$(choose_state_folder)
readonly STATE

# replace_folder NEW OLD: NEW takes the place of OLD. Readers see the one or the other.
replace_folder() {
  local new=$1 old=$2
  rm -rf "$old.old"
  [ ! -e "$old" ] || mv "$old" "$old.old"
  mv "$new" "$old"
  rm -rf "$old.old"
}

project_version() { sed -n 's:.*<version>\(.*\)</version>.*:\1:p' "$ROOT/pom.xml" | head -1; }

print_version() {
  local commit=
  commit=$(git -C "$ROOT" describe --always --dirty 2>/dev/null) || true
  printf 'launchpad %s%s\n' "$(project_version)" "${commit:+ ($commit)}"
}
