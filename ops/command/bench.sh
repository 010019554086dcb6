# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# The benchmarks: built beside the distribution they measure, into STATE/bench.

run_benchmarks() {
  local class=EndToEnd folder=$STATE/bench
  [ "${1:-}" != --micro ] || { class=Micro && shift; }
  say "Building the benchmarks"
  (cd "$ROOT" && maven --quiet package -Pbench -Dmaven.test.skip=true -Dbench.folder="$folder" -pl benchmarks -am) ||
    die "the build failed; the errors stand above"
  export LAUNCHPAD_RUNTIMES="$STATE/runtimes" LAUNCHPAD_HOME="$STATE/dist" MALLOC_ARENA_MAX=2
  exec "$JAVA_HOME/bin/java" --sun-misc-unsafe-memory-access=allow --add-opens=java.base/java.nio=ALL-UNNAMED \
    --enable-native-access=ALL-UNNAMED -XX:+UseCompactObjectHeaders -XX:+UseSerialGC -Xms256m -Xmx1g \
    -XX:MaxDirectMemorySize=4g -cp "$folder/*" "io.launchpad.benchmarks.$class" "$@"
}
