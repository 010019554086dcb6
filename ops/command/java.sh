# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# The Java runtime: a JDK of its own, linked from the one that builds, so that neither an upgrade of that one nor a private
# home above it touches running satellites; and the cache of classes that satellites start with.

# What scripts find: all of Java SE, the compiler, and what libraries commonly want beside them.
readonly JAVA_RUNTIME_MODULES=java.se,jdk.charsets,jdk.compiler,jdk.crypto.ec,jdk.jfr,jdk.localedata,jdk.management,jdk.net,jdk.unsupported,jdk.xml.dom,jdk.zipfs

ensure_java_runtime() {
  local target=$STATE/runtimes/java key
  key=$({ cat "$JAVA_HOME/release" && echo "$JAVA_RUNTIME_MODULES"; } | key_of)
  if ! is_recorded "$target" "$key"; then
    say "Linking Java runtime 'java' from $JAVA_HOME"
    rm -rf "$target.new"
    mkdir -p "$(dirname "$target")"
    "$JAVA_HOME/bin/jlink" --add-modules "$JAVA_RUNTIME_MODULES" --no-man-pages --no-header-files --output "$target.new" ||
      die "jlink failed; is $JAVA_HOME a whole JDK?"
    record_files "$target.new" || die "the files of the Java runtime could not be recorded"
    printf '%s\n' "$key" >"$target.new/.key"
    replace_folder "$target.new" "$target"
  fi
  # Made where it is used: it knows the paths of its jars.
  "$STATE/dist/satellites/java/make-cache" "$target/bin/java" || die "the Java satellite's class cache was not made"
}
