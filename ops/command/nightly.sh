# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# ./launchpad test --nightly: what takes too long, or needs more of the machine, than every change can wait for.
# Each check has a log of its own in STATE/reports/nightly. What this machine cannot run is not selected, and said.

# Name, what it is, and what it needs: programs, or `root`.
readonly NIGHTLY_CHECKS=(
  'tests|every Java test, the long ones too|'
  'hostile|the hostile suite and a chaos run of another seed, again and again|'
  'python|every test of the Python satellite, the long ones too|'
  'fuzz|coverage-guided fuzzing of every parser in Java|'
  'native-fuzz|the same of the native programs, with ASan and UBSan|'
  'native-sanitized|the broker with sanitizers, in its own integration tests|'
  'native-analysis|gcc -fanalyzer and clang-tidy over the native programs|clang-tidy'
  'ordinary-user|the whole system-tests module as an ordinary user|root setpriv'
  'cgroup-v2|limits by control groups of version 2, in an emulated machine with a kernel of its own|qemu-system-x86_64 busybox cpio apt-get dpkg-deb'
  'service-unit|systemd-analyze verify of the service unit|systemd-analyze'
)

nightly_usage() {
  cat <<'TEXT'
Usage: ./launchpad test --nightly [--fuzz-time TIME] [--repeat N] [CHECK…]

  --fuzz-time TIME   for each fuzz target, such as 30s, 10m (the default) or 2h
  --repeat N         how often `hostile` runs what it runs; 20 without
  CHECK              only these; all without any
TEXT
  printf '\n'
  local line
  for line in "${NIGHTLY_CHECKS[@]}"; do
    IFS='|' read -r name what _ <<<"$line"
    printf '  %-18s %s\n' "$name" "$what"
  done
}

run_nightly() {
  local fuzz_time=10m repeat=20 chosen=()
  while [ $# -gt 0 ]; do
    case "$1" in
      --fuzz-time) fuzz_time=${2:-}; shift $(($# > 1 ? 2 : 1)) ;;
      --repeat) repeat=${2:-}; shift $(($# > 1 ? 2 : 1)) ;;
      --help) nightly_usage; return ;;
      *) chosen+=("$1"); shift ;;
    esac
  done
  FUZZ_SECONDS=$(seconds_of "$fuzz_time")
  [[ $repeat =~ ^[1-9][0-9]{0,3}$ ]] || die "--repeat takes a number of runs, not '$repeat'"
  REPEAT=$repeat
  NIGHTLY=$STATE/reports/nightly
  export LAUNCHPAD_HOME=$STATE/dist LAUNCHPAD_RUNTIMES=$STATE/runtimes
  rm -rf "$NIGHTLY"
  mkdir -p "$NIGHTLY"
  select_checks "${chosen[@]}"
  local name
  FAILED=0
  for name in "${SELECTED[@]}"; do
    run_check "$name"
  done
  say "Nightly"
  printf '%s\n' "${RESULTS[@]}" "${LEFT_OUT[@]}"
  printf '%d checks passed, %d failed, %d not selected\n' $((${#SELECTED[@]} - FAILED)) "$FAILED" ${#LEFT_OUT[@]}
  [ "$FAILED" -eq 0 ]
}

seconds_of() {
  [[ $1 =~ ^([0-9]+)([smh])$ ]] || die "a time such as 30s, 10m or 2h is expected, not '$1'"
  case ${BASH_REMATCH[2]} in
    s) printf '%d' "${BASH_REMATCH[1]}" ;;
    m) printf '%d' $((BASH_REMATCH[1] * 60)) ;;
    h) printf '%d' $((BASH_REMATCH[1] * 3600)) ;;
  esac
}

# select_checks [CHECK…]: SELECTED, LEFT_OUT and the empty RESULTS. In CI nothing may be left out.
select_checks() {
  local line name needs missing known=()
  SELECTED=() LEFT_OUT=() RESULTS=()
  say "Selection"
  for line in "${NIGHTLY_CHECKS[@]}"; do
    IFS='|' read -r name what needs <<<"$line"
    known+=("$name")
    [ $# -eq 0 ] || [[ " $* " == *" $name "* ]] || continue
    missing=$(missing_needs "$needs")
    if [ -z "$missing" ]; then
      SELECTED+=("$name")
      note "$(printf '%-18s %s' "$name" "$what")"
    else
      LEFT_OUT+=("$(printf '%-18s not selected: %s' "$name" "$missing")")
      note "${LEFT_OUT[-1]}"
    fi
  done
  for name in "$@"; do
    [[ " ${known[*]} " == *" $name "* ]] || die "there is no check '$name'; --nightly --help lists them"
  done
  [ -z "${CI:-}" ] || [ ${#LEFT_OUT[@]} -eq 0 ] || die "a check that cannot run is an error in CI"
}

missing_needs() {
  local need missing=()
  for need in $1; do
    case $need in
      root) is_root || missing+=("it is run by root") ;;
      *) command -v "$need" >/dev/null || missing+=("there is no $need here") ;;
    esac
  done
  local IFS=,
  printf '%s' "${missing[*]:-}"
}

# run_check NAME: its function is nightly_NAME; what that says in its last line stands in the summary. Any command that fails
# ends the check, which is why this stands in no condition: there bash would go on.
run_check() {
  local name=$1 log=$NIGHTLY/$1.log start=$SECONDS verdict=passed status
  say "$name (log: $log)"
  set +e
  (set -e && cd "$ROOT" && "nightly_${name//-/_}") >"$log" 2>&1
  status=$?
  set -e
  [ "$status" -eq 0 ] || verdict=FAILED
  RESULTS+=("$(printf '%-18s %s in %d:%02d  %s' "$name" "$verdict" \
    $(((SECONDS - start) / 60)) $(((SECONDS - start) % 60)) "$(tail -n 1 "$log" | cut -c1-120)")")
  note "${RESULTS[-1]}"
  if [ "$verdict" = FAILED ]; then
    FAILED=$((FAILED + 1))
    tail -n 30 "$log" | cut -c1-300 >&2
  fi
}

# nightly_maven ARGUMENT…: a failed test neither stops the build nor takes the modules behind it out of it; the summary of the
# reports decides.
nightly_maven() { maven -Pnightly -Dmaven.test.failure.ignore "$@"; }

clear_reports() { rm -rf "$ROOT"/*/target/surefire-reports; }

summarize() { "$PYTHON" "$ROOT/ops/command/test_summary.py" "$@"; }

nightly_tests() {
  clear_reports
  nightly_maven verify
  summarize "$ROOT"/*/target/surefire-reports
}

# Every attack beside a victim, and kills at moments of a seed; each time anew, for what goes wrong once in ten times.
# A failed run's reports are kept; its seed stands in the log.
nightly_hostile() {
  local run seed passed=0 failed=()
  maven --quiet test-compile -pl system-tests -am
  for ((run = 1; run <= REPEAT; run++)); do
    seed=$((RANDOM * 32768 + RANDOM))
    echo "=== run $run of $REPEAT, chaos.seed=$seed"
    clear_reports
    if maven --quiet test -pl system-tests -am -Dtest='io.launchpad.system.Hostile*Test,io.launchpad.system.ChaosTest' \
      -Dchaos.seed=$seed -Dnative.test.skip=true -Dsurefire.failIfNoSpecifiedTests=false && summarize "$ROOT"/system-tests/target/surefire-reports; then
      passed=$((passed + 1))
    else
      failed+=("run $run (chaos.seed=$seed)")
      mkdir -p "$NIGHTLY/hostile/$run"
      cp "$ROOT"/system-tests/target/surefire-reports/TEST-*.xml "$NIGHTLY/hostile/$run/" || true
    fi
  done
  [ ${#failed[@]} -eq 0 ] || printf 'failed: %s\n' "${failed[@]}"
  echo "$passed of $REPEAT runs of the hostile suite and the chaos run passed"
  [ "$passed" -eq "$REPEAT" ]
}

nightly_python() {
  mkdir -p "$NIGHTLY/python"
  cd "$ROOT/satellites/python"
  PYTHONPATH=src PYTHONDONTWRITEBYTECODE=1 "$STATE/test-environment/bin/python" -m pytest -q -p no:cacheprovider \
    -m 'nightly or not nightly' --junit-xml="$NIGHTLY/python/TEST-python.xml" || true
  summarize "$NIGHTLY/python"
}

# Every method that carries @FuzzTest, as MODULE Class#method FOLDER: none can be forgotten. The folder is where Jazzer puts a
# finding if it is there.
fuzz_targets() {
  local file
  grep -rl --include='*FuzzTest.java' '@FuzzTest' "$ROOT"/*/src/test | sort | while read -r file; do
    awk -v module="$(cut -d/ -f1 <<<"${file#"$ROOT"/}")" -v class="$(basename "$file" .java)" \
      -v inputs="$(sed 's:/src/test/java/:/src/test/resources/:; s:\.java$:Inputs:' <<<"$file")" '
      /@FuzzTest/ { fuzz = 1 }
      fuzz && match($0, /void [A-Za-z_0-9]+/) {
        method = substr($0, RSTART + 5, RLENGTH - 5)
        print module, class "#" method, inputs "/" method
        fuzz = 0
      }
    ' "$file"
  done
}

# One target a VM. A finding becomes a file beside the test, src/test/resources/…Inputs, which the normal build tries
# from then on. What was learned about the code stays in the module's .cifuzz-corpus.
nightly_fuzz() {
  local module target inputs failed=() count=0
  clear_reports
  while read -r module target inputs; do
    echo "=== $module $target"
    mkdir -p "$inputs"
    count=$((count + 1))
    JAZZER_FUZZ=1 JAZZER_MAX_DURATION=${FUZZ_SECONDS}s maven test -pl "$module" -am -Dtest="$target" \
      -Dsurefire.failIfNoSpecifiedTests=false -Djunit.jupiter.execution.timeout.mode=disabled </dev/null ||
      failed+=("$target")
  done < <(fuzz_targets)
  [ ${#failed[@]} -eq 0 ] || { echo "findings: ${failed[*]}" && return 1; }
  echo "$count targets, ${FUZZ_SECONDS} s each, no finding"
}

native_make() { make --no-print-directory -C "$ROOT/sandbox/src/main/native" OUT="$ROOT/sandbox/target/native-nightly" "$@"; }

nightly_native_fuzz() {
  local built=$ROOT/sandbox/target/native-nightly/fuzz target name corpus failed=() count=0
  native_make fuzz
  native_make test SANITIZE=1
  for target in "$built"/*_fuzz; do
    name=$(basename "$target")
    corpus=$STATE/fuzz/$name
    echo "=== $name"
    mkdir -p "$corpus" "$NIGHTLY/$name"
    count=$((count + 1))
    # A finding is left in the folder of the reports; as a file of fuzz/inputs the normal build tries it.
    (cd "$NIGHTLY/$name" && "$target" -max_total_time="$FUZZ_SECONDS" -max_len=4096 "$corpus" \
      "$ROOT/sandbox/src/main/native/fuzz/inputs/$name") || failed+=("$name")
  done
  [ ${#failed[@]} -eq 0 ] || { echo "findings: ${failed[*]}" && return 1; }
  echo "$count targets, ${FUZZ_SECONDS} s each, no finding"
}

nightly_native_sanitized() {
  local sanitized=sandbox/target/native-sanitized
  make --no-print-directory -C "$ROOT/sandbox/src/main/native" OUT="$ROOT/$sanitized" sanitized
  clear_reports
  nightly_maven test -pl sandbox -am -Dtest='*IT' -Dlaunchpad.native="$sanitized" -Dsurefire.failIfNoSpecifiedTests=false
  summarize "$ROOT"/sandbox/target/surefire-reports
}

nightly_native_analysis() {
  native_make analyze
  echo "no finding"
}

nightly_service_unit() { verify_service_unit "$ROOT/ops/systemd/launchpad.service"; }

# verify_service_unit FILE: with the command and the user it names made up, in a root folder of its own.
verify_service_unit() {
  local root output
  root=$(mktemp -d)
  mkdir -p "$root/etc/systemd/system" "$root/usr/lib/launchpad/bin"
  cp "$1" "$root/etc/systemd/system/"
  cp -r /usr/lib/systemd "$root/usr/lib/"
  printf '#!/bin/sh\n' >"$root/usr/lib/launchpad/bin/launchpad"
  chmod +x "$root/usr/lib/launchpad/bin/launchpad"
  output=$(systemd-analyze verify --man=no --root="$root" launchpad.service 2>&1) || true
  rm -rf "$root"
  # It also speaks of units that came with the system.
  output=$(grep -F launchpad <<<"$output") || true
  [ -z "$output" ] || { printf '%s\n' "$output" && return 1; }
  echo "nothing to say about $(basename "$1")"
}

# A user made for this, who owns a copy of the tree, of what was built, since an ordinary user installs no packages, and of the
# libraries, and has nothing else.
nightly_ordinary_user() {
  local user=launchpad-nightly home tree status=0
  home=$(mktemp -d /var/tmp/launchpad-nightly-XXXXXX)
  tree=$home/tree
  useradd --system --no-create-home --shell /usr/sbin/nologin "$user"
  # Its worker accounts; they go with the user.
  DRY_RUN=false host_accounts "$user"
  chmod 755 "$home"
  mkdir -p "$tree/.launchpad" "$home/.m2"
  tar -C "$ROOT" --exclude=.git --exclude=./.launchpad --exclude='*/target' -cf - . | tar -C "$tree" -xf -
  cp -r --preserve=timestamps "$STATE/dist" "$tree/.launchpad/"
  # With their times: compiled modules are of no use beside sources of another.
  cp -rL --preserve=timestamps "$STATE/runtimes" "$tree/.launchpad/"
  # Those that were copied are of another place.
  "$tree/.launchpad/dist/satellites/java/make-cache" "$tree/.launchpad/runtimes/java/bin/java"
  # Not its settings, which may hold passwords.
  cp -r "$HOME/.m2/repository" "$HOME/.m2/wrapper" "$home/.m2/"
  chown -R "$user" "$home"
  # Without control groups of its own: limits are then refused, which the tests of limits do not expect.
  as_ordinary_user "$user" "$home" ./mvnw -B -ntp -o -Dmaven.repo.local="$home/.m2/repository" -Dmaven.test.failure.ignore \
    test -pl system-tests -am -Dtest='io.launchpad.system.*Test,!io.launchpad.system.*LimitTest,!io.launchpad.system.MachineViewTest,!io.launchpad.system.JavaScriptTest#virtualMachine_hasTheShareOfItsResourcePool' -Dsurefire.failIfNoSpecifiedTests=false || status=$?
  mkdir -p "$NIGHTLY/ordinary-user"
  cp "$tree"/system-tests/target/surefire-reports/TEST-*.xml "$NIGHTLY/ordinary-user/" || true
  rm -rf "$home"
  userdel "$user"
  [ "$status" -eq 0 ] || return "$status"
  summarize "$NIGHTLY/ordinary-user"
}

as_ordinary_user() {
  local user=$1 home=$2
  shift 2
  (cd "$home/tree" && env -u XDG_RUNTIME_DIR HOME="$home" USER="$user" MAVEN_OPTS="-Duser.home=$home" \
    LAUNCHPAD_HOME="$home/tree/.launchpad/dist" LAUNCHPAD_RUNTIMES="$home/tree/.launchpad/runtimes" \
    setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups -- "$@")
}
