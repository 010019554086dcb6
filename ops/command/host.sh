# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# What the machine must offer: `doctor` looks and names the mending command, `host-setup` mends as root.

readonly SERVICE_USER=launchpad
readonly SUBUID_COUNT=65536
readonly SOCKET_BUFFER_BYTES=$((4 * 1024 * 1024))

# ---- doctor ----

run_doctor() {
  DOCTOR_FAILED=0
  check_programs
  check_java
  check_python
  check_kernel
  check_accounts
  check_buffers
  check_core_pattern
  return "$DOCTOR_FAILED"
}

good() { printf 'ok       %s\n' "$*"; }
# weak WHAT MEND: something works less well. bad WHAT MEND: something does not work at all.
weak() { printf 'degraded %s\n         mend: %s\n' "$1" "$2"; }
bad() {
  printf 'missing  %s\n         mend: %s\n' "$1" "$2"
  DOCTOR_FAILED=1
}

check_programs() {
  local program missing=()
  for program in "${PROGRAMS[@]}"; do
    command -v "$program" >/dev/null || missing+=("$program")
  done
  if [ ${#missing[@]} -eq 0 ]; then
    good "programs: ${PROGRAMS[*]}"
  else
    bad "programs: ${missing[*]}" "sudo apt-get install -y --no-install-recommends ${PACKAGES[*]}"
  fi
}

check_java() {
  local home
  if ! home=$(find_jdk); then
    bad "JDK $JDK_MIN or newer" "$(jdk_command)"
  elif ! others_can_traverse "$home"; then
    bad "JDK in $home: the service's user cannot read it" "$(jdk_command)"
  else
    good "JDK: $home"
  fi
}

check_python() {
  local found
  if found=$(choose_python 2>&1 && printf %s "$PYTHON"); then
    good "Python: $found"
  else
    bad "${found#launchpad: }" "sudo apt-get install -y python3 python3-venv"
  fi
}

check_kernel() {
  local release
  release=$(uname -r)
  if printf '5.15\n%s\n' "$release" | sort -CV; then
    good "kernel $release"
  else
    bad "kernel 5.15 or newer (this is $release)" "upgrade the system"
  fi
  if is_root || unshare --user --map-root-user true 2>/dev/null; then
    good "user namespaces"
  else
    bad "user namespaces are refused: scripts cannot be confined" "$(namespace_command)"
  fi
  if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
    good "cgroup v2: $(cat /sys/fs/cgroup/cgroup.controllers)"
  elif is_root && [ -e /sys/fs/cgroup/memory/memory.limit_in_bytes ]; then
    good "cgroup v1 (works as root only)"
  else
    weak "neither cgroup v2 nor, as root, v1 is mounted: no limits on memory, CPU and processes" \
      "boot with systemd.unified_cgroup_hierarchy=1"
  fi
}

namespace_command() {
  if [ -e /proc/sys/kernel/apparmor_restrict_unprivileged_userns ]; then
    printf 'sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0'
  elif [ -e /proc/sys/kernel/unprivileged_userns_clone ]; then
    printf 'sudo sysctl -w kernel.unprivileged_userns_clone=1'
  else
    printf 'sudo sysctl -w user.max_user_namespaces=15000'
  fi
}

check_accounts() {
  if is_root; then
    if id "$SERVICE_USER" >/dev/null 2>&1; then
      good "service user: $SERVICE_USER"
    else
      weak "no user '$SERVICE_USER' yet (the first command that needs it makes it)" "./launchpad host-setup --user $SERVICE_USER"
    fi
  elif (require_accounts 2>/dev/null); then
    good "worker accounts of $(id -un) in /etc/subuid and /etc/subgid"
  else
    bad "no range of worker accounts for $(id -un) in /etc/subuid and /etc/subgid: scripts cannot be confined" \
      "sudo ./launchpad host-setup --user $(id -un)"
  fi
}

check_buffers() {
  local name value
  for name in wmem_max rmem_max; do
    value=$(cat "/proc/sys/net/core/$name" 2>/dev/null || echo 0)
    if [ "$value" -ge "$SOCKET_BUFFER_BYTES" ]; then
      good "socket buffers: net.core.$name = $value"
    else
      weak "socket buffers: net.core.$name = $value, data moves about a third slower" \
        "sudo sysctl -w net.core.$name=$SOCKET_BUFFER_BYTES"
    fi
  done
}

check_core_pattern() {
  local pattern
  pattern=$(cat /proc/sys/kernel/core_pattern 2>/dev/null || true)
  if [[ $pattern == '|'* ]]; then
    weak "kernel.core_pattern = $pattern: the kernel starts that program as root, outside the sandbox, whenever a script crashes" \
      "sudo sysctl -w kernel.core_pattern=core"
  else
    good "kernel.core_pattern starts no program"
  fi
}

# ---- host-setup ----

run_host_setup() {
  local user=
  DRY_RUN=false
  while [ $# -gt 0 ]; do
    case "$1" in
      --user) user=${2:-}; shift $(($# > 1 ? 2 : 1)) ;;
      --dry-run) DRY_RUN=true; shift ;;
      *) die "host-setup --user USER [--dry-run]; not $1" ;;
    esac
  done
  [ -n "$user" ] || die "host-setup needs --user USER: who will run launchpad"
  # It becomes part of command lines.
  [[ $user =~ ^[A-Za-z_][A-Za-z0-9_.-]*$ ]] || die "host-setup --user USER: '$user' is no user's name"
  is_root || $DRY_RUN || die "host-setup changes the machine: run it as root, or see what it would do with --dry-run"
  host_packages
  host_user "$user"
  host_accounts "$user"
  host_cgroup "$user"
  host_buffers
  say "$($DRY_RUN && echo 'That is what would be done' || echo 'This machine is ready') for $user"
}

# change WHAT COMMAND: says it and, unless this is a dry run, runs the very line that it has shown.
change() {
  say "$1"
  note "$2"
  $DRY_RUN || eval "$2"
}

host_packages() {
  local missing
  command -v dpkg-query >/dev/null || return 0
  mapfile -t missing < <(missing_packages)
  [ ${#missing[@]} -eq 0 ] ||
    change "System packages" "apt-get update -qq && apt-get install -qq -y --no-install-recommends ${missing[*]}"
}

host_user() {
  id "$1" >/dev/null 2>&1 ||
    change "A system user for the service" "useradd --system --no-create-home --shell /usr/sbin/nologin $1"
}

# A range of ids that are nobody's. Uids and gids have the same numbers: an account is one of each.
host_accounts() {
  local uids gids first range options=
  uids=$(first_of_range "$1" /etc/subuid)
  gids=$(first_of_range "$1" /etc/subgid)
  first=${uids:-${gids:-$(first_free_id)}}
  range=$first-$((first + SUBUID_COUNT - 1))
  [ -n "$uids" ] || options+=" --add-subuids $range"
  [ -n "$gids" ] || options+=" --add-subgids $range"
  [ -z "$options" ] || change "A range of worker accounts" "usermod$options $1"
}

first_of_range() { awk -F: -v user="$1" '$1 == user { print $2; exit }' "$2" 2>/dev/null || true; }

# Behind every range and every user that is there, and behind what a service of root has without being told; ids above 2147483647 are not accounts of anybody.
first_free_id() {
  local file files=()
  for file in /etc/subuid /etc/subgid /etc/passwd /etc/group; do
    [ ! -r "$file" ] || files+=("$file")
  done
  # Not by way of cat: the last line of a file may lack its end.
  awk -F: '
    BEGIN { free = 265536 }
    NF == 3 { end = $2 + $3 }
    NF != 3 { end = $3 + 1 }
    end > free && end <= 2147483647 { free = end }
    END { printf "%d\n", free }' "${files[@]}"
}

# A subtree of the control groups that the user may divide among sessions.
host_cgroup() {
  local drop_in=/etc/systemd/system/user@.service.d/launchpad.conf group=/sys/fs/cgroup/launchpad-$1
  if [ -d /run/systemd/system ]; then
    [ -e "$drop_in" ] || change "Control groups delegated to users' services" \
      "mkdir -p $(dirname "$drop_in") && printf '[Service]\nDelegate=cpu memory pids\n' >$drop_in && systemctl daemon-reload"
    [ -e "/var/lib/systemd/linger/$1" ] || change "$1's services run without a login" "loginctl enable-linger $1"
  elif [ -e /sys/fs/cgroup/cgroup.controllers ] && [ ! -d "$group" ]; then
    change "A control group for $1 (until the next boot)" \
      "mkdir $group && chown $1 $group $group/cgroup.procs $group/cgroup.subtree_control $group/cgroup.threads"
  fi
}

# Larger ones that somebody has set are left alone.
host_buffers() {
  local file=/etc/sysctl.d/60-launchpad.conf name setting=
  [ ! -e "$file" ] || return 0
  for name in wmem_max rmem_max; do
    [ "$(cat "/proc/sys/net/core/$name" 2>/dev/null || echo 0)" -ge "$SOCKET_BUFFER_BYTES" ] ||
      setting+="net.core.$name = $SOCKET_BUFFER_BYTES\n"
  done
  [ -z "$setting" ] || change "Socket buffers of 4 MiB" "printf '$setting' >$file && sysctl --quiet --load $file"
}

# require_accounts: an ordinary user's scripts are confined under a range of accounts, which only root can give. Said
# before minutes are spent on building.
require_accounts() {
  local user file
  ! is_root || return 0
  user=$(id -un)
  for file in /etc/subuid /etc/subgid; do
    awk -F: -v user="$user" -v uid="$(id -u)" '($1 == user || $1 == uid) && $3 > 1 { found = 1 } END { exit !found }' "$file" 2>/dev/null ||
      die "$user has no worker accounts in $file, without which scripts cannot be confined; run once: sudo $ROOT/launchpad host-setup --user $user"
  done
}

# ensure_service_user: as root the service runs as a user of its own, who need not have been set up before.
ensure_service_user() {
  ! is_root || id "$SERVICE_USER" >/dev/null 2>&1 || {
    say "Making the system user '$SERVICE_USER' that the service runs as"
    useradd --system --no-create-home --shell /usr/sbin/nologin "$SERVICE_USER"
  }
}
