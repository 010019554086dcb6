# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# The distribution: what an installation holds, built from this tree into STATE/dist when sources are newer than it.
#
#   bin/launchpad                 starts everything below
#   bin/launchpad-broker, …       the native programs
#   lib/service/*.jar, lib/cli/*.jar
#   satellites/python/            the satellite's library
#   satellites/java/              the satellite's jars, native library, options, and caches of classes

maven() {
  # Maven's own libraries use what Java 25 warns of. Java takes the home folder from the user's account, not from HOME;
  # the start script cannot pass one with a space.
  local options="${MAVEN_OPTS:-} --sun-misc-unsafe-memory-access=allow"
  [ -z "${HOME:-}" ] || [[ $HOME == *[[:space:]]* ]] || options+=" -Duser.home=$HOME"
  MAVEN_OPTS=$options "$ROOT/mvnw" --batch-mode --no-transfer-progress "$@"
}

ensure_distribution() {
  is_stale || return 0
  say "Building Launchpad (the first time also fetches its libraries: a minute or two)"
  local new=$STATE/dist.new
  rm -rf "$new"
  mkdir -p "$new/bin" "$new/lib/command" "$new/satellites/python"
  touch "$new/.stamp"
  compile "$new"
  copy_programs "$new"
  copy_satellite "$new"
  copy_java_satellite "$new"
  replace_folder "$new" "$STATE/dist"
}

# is_stale: a source, or a folder in which one was deleted, is newer than the last build.
is_stale() {
  [ -e "$STATE/dist/.stamp" ] || return 0
  [ -n "$(find "$ROOT/pom.xml" "$ROOT"/*/pom.xml "$ROOT"/*/src "$ROOT/sandbox/policy" "$ROOT/satellites/python/src" "$ROOT/satellites/java" "$ROOT/ops/command" \
    -newer "$STATE/dist/.stamp" -not -path '*/target*' -not -name __pycache__ -not -name '*.pyc' -print -quit)" ]
}

compile() {
  (
    cd "$ROOT" && maven --quiet package -Pdist -Dmaven.test.skip=true -Ddist.folder="$1" -pl launchpad-service,launchpad-cli,satellites/java/satellite -am
  ) || die "the build failed; the errors stand above"
}

copy_programs() {
  local new=$1 version module
  version=$(project_version)
  for module in service cli; do
    cp "$ROOT/launchpad-$module/target/launchpad-$module-$version.jar" "$new/lib/$module/"
  done
  cp "$ROOT"/sandbox/target/native/{launchpad-{broker,exec,init},liblaunchpad_{zygote,machine}.so} "$new/bin/"
  cp "$ROOT/ops/command/jdk.sh" "$new/lib/command/"
  cp "$ROOT/ops/command/installed" "$new/bin/launchpad"
  print_version >"$new/VERSION"
}

# Worker accounts cannot write compiled code beside the sources, so it is there beforehand.
copy_satellite() {
  cp -r "$ROOT/satellites/python/src/." "$1/satellites/python/"
  find "$1/satellites/python" -name __pycache__ -prune -exec rm -rf {} +
  "$PYTHON" -m compileall -q "$1/satellites/python"
}

# One jar whose manifest names the others, and Netty's library unpacked: satellites write nowhere that may be executed.
copy_java_satellite() {
  local target=$1/satellites/java jar
  cp "$ROOT/satellites/java/satellite/target/java-satellite-$(project_version).jar" "$target/lib/java-satellite.jar"
  mkdir -p "$target/native"
  for jar in "$target"/lib/netty-transport-native-epoll-*-linux-*.jar; do
    (cd "$target/native" && "$JAVA_HOME/bin/jar" --extract --file "$jar" META-INF/native)
  done
  mv "$target/native/META-INF/native"/*.so "$target/native/"
  rm -rf "$target/native/META-INF"
  cp "$ROOT/satellites/java/jvm.options" "$ROOT/satellites/java/make-cache" "$target/"
}
