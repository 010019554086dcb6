# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# ./launchpad test: the Java side's `verify`, the tests of the satellites in Python and R, one summary.

run_tests_or_nightly() {
  if [ "${1:-}" = --nightly ]; then
    run_nightly "${@:2}"
  else
    run_tests "$@"
  fi
}

run_tests() {
  local reports=$STATE/reports failed=()
  rm -rf "$reports" "$ROOT"/{,satellites/java/}*/target/surefire-reports
  mkdir -p "$reports"

  say "Testing the Java side, and the satellites in Python and R beside it (logs: $reports)"
  local python r
  python_tests "$reports" >"$reports/python.log" 2>&1 &
  python=$!
  r_tests "$reports" >"$reports/r.log" 2>&1 &
  r=$!
  # shellcheck disable=SC2064  # these very processes
  trap "kill $python $r 2>/dev/null || true" EXIT

  java_tests "$reports" "$@" || failed+=(--also-failed "the Java build: see $reports/build.log")
  # Netty says so when a buffer of its pools was collected without having been given back.
  ! grep -q 'LEAK: ' "$reports/build.log" || failed+=(--also-failed "a buffer leaked: see $reports/build.log")
  say "The Python satellite"
  wait "$python" || failed+=(--also-failed "the Python tests: see $reports/python.log")
  cat "$reports/python.log"
  say "The R satellite"
  wait "$r" || failed+=(--also-failed "the R tests: see $reports/r.log")
  cat "$reports/r.log"
  trap - EXIT

  "$PYTHON" "$ROOT/ops/command/test_summary.py" "${failed[@]}" \
    "$reports" "$ROOT"/{,satellites/java/}*/target/surefire-reports
}

java_tests() {
  local reports=$1
  shift
  export LAUNCHPAD_HOME=$STATE/dist LAUNCHPAD_RUNTIMES=$STATE/runtimes
  cd "$ROOT" || return
  maven verify --fail-at-end --threads 2 "$@" 2>&1 | tee "$reports/build.log" | progress
}

# progress: of Maven's output, what a reader waits for: the modules, the test classes, and every error.
progress() {
  sed -u -n -E \
    -e 's/^\[INFO\] Building (.*) [^ ]+ +\[([0-9]+\/[0-9]+)\]$/    [\2] \1/p' \
    -e 's/^\[(INFO|WARNING)\] (Tests run: .* -- in .*)/      \2/p' \
    -e '/^\[ERROR\]/p'
}

# Both take the place of the shell they are called in.
python_tests() {
  cd "$ROOT/satellites/python" || exit
  export PYTHONPATH=src PYTHONDONTWRITEBYTECODE=1
  exec "$STATE/test-environment/bin/python" -m pytest -q -p no:cacheprovider \
    --junit-xml="$1/TEST-python.xml"
}

r_tests() {
  export R_LIBS=$STATE/runtimes/r/library LAUNCHPAD_VECTORS=$ROOT
  exec "$R_PROGRAM" --vanilla --no-echo \
    -e 'results <- testthat::test_dir(commandArgs(TRUE)[1L], package = "launchpad", load_package = "installed",' \
    -e '  reporter = testthat::MultiReporter$new(list(testthat::JunitReporter$new(file = commandArgs(TRUE)[2L]),' \
    -e '    testthat::SummaryReporter$new())))' \
    --args "$ROOT/satellites/r/tests/testthat" "$1/TEST-r.xml"
}
