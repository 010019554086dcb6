# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# ./launchpad test: the Java side's `verify`, the Python satellite's tests, one summary.

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

  say "Building and testing the Java side (log: $reports/build.log)"
  java_tests "$reports" "$@" || failed+=(--also-failed "the Java build: see $reports/build.log")
  # Netty says so when a buffer of its pools was collected without having been given back.
  ! grep -q 'LEAK: ' "$reports/build.log" || failed+=(--also-failed "a buffer leaked: see $reports/build.log")
  say "Testing the Python satellite"
  python_tests "$reports" || failed+=(--also-failed "the Python tests")
  say "Testing the R satellite"
  r_tests "$reports" || failed+=(--also-failed "the R tests")

  "$PYTHON" "$ROOT/ops/command/test_summary.py" "${failed[@]}" \
    "$reports" "$ROOT"/{,satellites/java/}*/target/surefire-reports
}

java_tests() {
  local reports=$1
  shift
  export LAUNCHPAD_HOME=$STATE/dist LAUNCHPAD_RUNTIMES=$STATE/runtimes
  cd "$ROOT" || return
  maven verify --fail-at-end "$@" 2>&1 | tee "$reports/build.log" | progress
}

# progress: of Maven's output, what a reader waits for: the modules, the test classes, and every error.
progress() {
  sed -u -n -E \
    -e 's/^\[INFO\] Building (.*) [^ ]+ +\[([0-9]+\/[0-9]+)\]$/    [\2] \1/p' \
    -e 's/^\[(INFO|WARNING)\] (Tests run: .* -- in .*)/      \2/p' \
    -e '/^\[ERROR\]/p'
}

python_tests() {
  cd "$ROOT/satellites/python" || return
  PYTHONPATH=src PYTHONDONTWRITEBYTECODE=1 "$STATE/test-environment/bin/python" -m pytest -q -p no:cacheprovider \
    --junit-xml="$1/TEST-python.xml"
}

r_tests() {
  R_LIBS=$STATE/runtimes/r/library LAUNCHPAD_VECTORS=$ROOT "$R_PROGRAM" --vanilla --no-echo \
    -e 'results <- testthat::test_dir(commandArgs(TRUE)[1L], package = "launchpad", load_package = "installed",' \
    -e '  reporter = testthat::MultiReporter$new(list(testthat::JunitReporter$new(file = commandArgs(TRUE)[2L]),' \
    -e '    testthat::SummaryReporter$new())))' \
    --args "$ROOT/satellites/r/tests/testthat" "$1/TEST-r.xml"
}
