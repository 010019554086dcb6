# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# ./launchpad runtimes: the interpreters with their packages that scripts run in, side by side, a folder for each. A runtime
# has the key of what it was made from and the hashes of its files; it is made aside, and takes the place of the old
# one when it is complete. What is broken in one concerns no other.

RUNTIMES=${LAUNCHPAD_RUNTIMES:-$STATE/runtimes}
# The lock files of added runtimes, and which Python each is for.
ADDED=$STATE/runtimes.d

runtimes_usage() {
  cat <<'TEXT'
Usage: ./launchpad runtimes [ACTION]

  list                         name, language, lock file, key, state (the default)
  verify [NAME…]               starts each, compares files with their recorded hashes and packages with the lock file
  rebuild NAME…                makes it anew, from its lock file or the system's R or JDK, aside, and puts it in place of
                               what is there
  add NAME LOCK_FILE [PYTHON]  another one: the packages of a lock file with hashes, on this or another Python
  remove NAME                  one that was added
  clean                        what interrupted installations have left

A service reads its runtimes from its configuration (runtime.NAME.…); `sql` and `demo` take all that are here.
`verify` ends with a status other than 0 when one is broken.
TEXT
}

run_runtimes() {
  local action=${1:-list}
  [ $# -eq 0 ] || shift
  case "$action" in
    list) list_runtimes ;;
    verify) verify_runtimes "$@" ;;
    rebuild) locked rebuild_runtimes "$@" ;;
    add) locked add_runtime "$@" ;;
    remove) locked remove_runtime "$@" ;;
    clean) locked clean_runtimes ;;
    --help | -h | help) runtimes_usage ;;
    *)
      runtimes_usage >&2
      die "runtimes: unknown action: $action"
      ;;
  esac
}

# locked COMMAND…: no other set-up at the same time.
locked() {
  mkdir -p "$STATE"
  exec {lock}>"$STATE/.lock"
  flock -n "$lock" || { say "Waiting for another set-up to end" && flock "$lock"; }
  choose_python
  "$@"
}

runtime_names() {
  local folder
  for folder in "$RUNTIMES"/*/; do
    folder=${folder%/}
    case "$folder" in
      *.new | *.old | *'/*') ;;
      *) basename "$folder" ;;
    esac
  done
}

# runtime_lock_file NAME: nothing for a runtime that is not made from one.
runtime_lock_file() {
  case "$1" in
    python) printf '%s' "$ROOT/satellites/python/requirements.lock" ;;
    python-ml) printf '%s' "$ROOT/satellites/python/requirements-ml.lock" ;;
    *) [ ! -e "$ADDED/$1.lock" ] || printf '%s' "$ADDED/$1.lock" ;;
  esac
}

# runtime_program NAME: its interpreter, whatever its language.
runtime_program() {
  local program
  for program in python java R; do
    [ ! -e "$RUNTIMES/$1/bin/$program" ] || { printf '%s' "$RUNTIMES/$1/bin/$program" && return; }
  done
}

# record_files FOLDER: the hashes that `verify` compares.
record_files() {
  (cd "$1" && find . -type f ! -name .manifest ! -name .key ! -name .lock -print0 | sort -z | xargs -0 sha256sum >.manifest)
}

# is_recorded FOLDER KEY: it was made from that, and its files can be verified.
is_recorded() { is_current "$1" "$2" && [ -e "$1/.manifest" ]; }

list_runtimes() {
  local name lock program language
  printf '%-16s %-10s %-18s %-24s %s\n' NAME LANGUAGE KEY 'LOCK FILE' STATE
  while read -r name; do
    program=$(runtime_program "$name")
    language=${program##*/}
    lock=$(runtime_lock_file "$name")
    printf '%-16s %-10s %-18s %-24s %s\n' "$name" "${language:--}" "$(cat "$RUNTIMES/$name/.key" 2>/dev/null || echo -)" \
      "$(basename "${lock:--}")" "$(runtime_state "$name")"
  done < <(runtime_names)
}

# runtime_state NAME: what is cheap to see.
runtime_state() {
  local program
  program=$(runtime_program "$1")
  if [ -z "$program" ] || [ ! -x "$program" ]; then
    echo 'broken: no interpreter'
  elif [ ! -e "$RUNTIMES/$1/.key" ]; then
    echo 'incomplete: rebuild it'
  else
    echo 'installed'
  fi
}

# verify_runtimes NAME…: all of them without names. Each is looked at, whatever is wrong with the one before.
verify_runtimes() {
  local name problem status=0
  [ $# -gt 0 ] || mapfile -t names < <(runtime_names)
  [ $# -eq 0 ] || names=("$@")
  [ ${#names[@]} -gt 0 ] || die "no runtime is installed in $RUNTIMES; \`./launchpad setup\` installs them"
  for name in "${names[@]}"; do
    if problem=$(runtime_problem "$name"); then
      printf '%-16s ok%s\n' "$name" "${problem:+ ($problem)}"
    else
      printf '%-16s broken: %s\n' "$name" "$problem"
      status=1
    fi
  done
  [ $status -eq 0 ] || note "\`./launchpad runtimes rebuild NAME\` installs one anew; the others serve meanwhile"
  return $status
}

# runtime_problem NAME: prints what is wrong and fails; or prints what was not looked at.
runtime_problem() {
  local folder=$RUNTIMES/$1 program lock changed said
  program=$(runtime_program "$1")
  [ -n "$program" ] && [ -x "$program" ] || { echo "no interpreter in $folder/bin" && return 1; }
  case "$program" in
    */java) said=$("$program" -version 2>&1) ;;
    */R) said=$(R_LIBS=$folder/library "$program" --vanilla --no-echo -e 'invisible(loadNamespace("launchpad"))' 2>&1) ;;
    *) said=$("$program" --version 2>&1) ;;
  esac || { echo "$program does not start: $(head -1 <<<"$said")" && return 1; }
  lock=$(runtime_lock_file "$1")
  if [ -n "$lock" ]; then
    said=$("$program" -I "$ROOT/ops/command/runtime_check.py" "$lock" 2>&1) || { echo "$(tail -1 <<<"$said")" && return 1; }
  fi
  if [ ! -e "$folder/.manifest" ]; then
    echo "its files were not recorded${lock:+; rebuild it to have them compared}"
    return
  fi
  changed=$(cd "$folder" && sha256sum --check --quiet .manifest 2>/dev/null | head -1)
  [ -z "$changed" ] || { echo "$changed: it is not the file that was installed" && return 1; }
}

rebuild_runtimes() {
  local name lock
  [ $# -gt 0 ] || die "runtimes rebuild: which one?"
  for name in "$@"; do
    lock=$(runtime_lock_file "$name")
    if [ -n "$lock" ]; then
      install_runtime "$name" "$lock"
      continue
    fi
    case "$name" in
      r | java) ;;
      *) die "runtimes rebuild: there is no '$name' that this command could make" ;;
    esac
    forget_key "$name"
    if [ "$name" = java ]; then
      use_jdk
      ensure_distribution
    fi
    "ensure_${name}_runtime"
    verify_runtimes "$name"
  done
}

# forget_key NAME: without its key it is made anew, whatever it is.
forget_key() { rm -f "$RUNTIMES/$1/.key"; }

# install_runtime NAME LOCK_FILE: what is there stays in its place until the new one is complete and works.
install_runtime() {
  local PYTHON=$PYTHON
  [ ! -e "$ADDED/$1.python" ] || PYTHON=$(cat "$ADDED/$1.python")
  forget_key "$1"
  ensure_environment "runtimes/$1" "$2" "runtime '$1'" || die "'$1' was not installed; what was there is still in its place"
  verify_runtimes "$1"
}

add_runtime() {
  local name=${1:-} lock=${2:-} python=${3:-$PYTHON}
  [[ $name =~ ^[a-z][a-z0-9-]{0,40}$ ]] || die "runtimes add: a name of small letters, digits and hyphens is needed"
  [ -z "$(runtime_lock_file "$name")" ] && [ ! -e "$RUNTIMES/$name" ] || die "there is a runtime '$name' already"
  [ -r "$lock" ] || die "runtimes add: no lock file $lock"
  grep -q -- '--hash=sha256:' "$lock" || die "$lock has no hashes: make it with \`uv pip compile --generate-hashes\`"
  is_new_enough "$python" || die "$python is no Python 3.11 or newer"
  mkdir -p "$ADDED"
  cp "$lock" "$ADDED/$name.lock"
  readlink -f "$python" >"$ADDED/$name.python"
  if ! install_runtime "$name" "$ADDED/$name.lock"; then
    rm -f "$ADDED/$name".*
    return 1
  fi
}

remove_runtime() {
  [ -e "$ADDED/${1:-}.lock" ] || die "'${1:-}' was not added here"
  rm -rf "${ADDED:?}/$1.lock" "$ADDED/$1.python" "${RUNTIMES:?}/$1"
  say "Removed '$1'"
}

clean_runtimes() {
  local left
  for left in "$RUNTIMES"/*.new "$RUNTIMES"/*.old; do
    [ ! -e "$left" ] || { rm -rf "$left" && say "Removed $left"; }
  done
}
