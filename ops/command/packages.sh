# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# System packages: installs what is missing as root, says the one line to run to anybody else.

readonly PACKAGES=(gcc libc6-dev make libseccomp-dev uidmap python3 python3-venv)
# The same on systems whose packages have other names.
readonly PROGRAMS=(gcc make newuidmap python3)

ensure_packages() {
  if command -v dpkg-query >/dev/null; then
    local missing
    mapfile -t missing < <(missing_packages)
    [ ${#missing[@]} -eq 0 ] || install_packages "${missing[@]}"
  else
    local program
    for program in "${PROGRAMS[@]}"; do
      command -v "$program" >/dev/null || die "$program is needed; install it with this system's package manager"
    done
  fi
}

missing_packages() {
  local package
  for package in "${PACKAGES[@]}"; do
    is_installed "$package" || printf '%s\n' "$package"
  done
}

is_installed() {
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

install_packages() {
  if ! is_root; then
    die "these system packages are missing; run once: sudo apt-get install -y --no-install-recommends $*"
  fi
  say "Installing system packages: $*"
  # The lists are fetched only if they are not there or too old to be of use.
  apt_install "$@" || { apt_update && apt_install "$@"; } ||
    die "apt-get could not install: $*"
}

apt_install() {
  DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@" </dev/null >"$STATE/apt.log" 2>&1
}

apt_update() {
  note "fetching the package lists"
  apt-get update -qq </dev/null
}

# use_jdk: JAVA_HOME is a JDK 25 from here on.
use_jdk() {
  if ! JAVA_HOME=$(find_jdk); then
    die "no JDK $JDK_MIN or newer found in JAVA25_HOME, JAVA_HOME, PATH or /usr/lib/jvm; run: $(jdk_command)"
  fi
  if is_root && ! others_can_traverse "$JAVA_HOME"; then
    die "the JDK in $JAVA_HOME cannot be read by the service's user; install one for all users: $(jdk_command)"
  fi
  export JAVA_HOME
}

jdk_command() {
  local sudo=
  is_root || sudo='sudo '
  printf '%sapt-get install -y openjdk-%s-jdk-headless   (or unpack any JDK %s and set JAVA25_HOME)' \
    "$sudo" "$JDK_MIN" "$JDK_MIN"
}
