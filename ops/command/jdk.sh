# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# Finds a JDK for this build, whatever `java` happens to be the default. Sourced by ./launchpad and ./mvnw; POSIX sh.

JDK_MIN=25

# is_jdk DIR: DIR holds a JDK (not a mere runtime) of version JDK_MIN or newer. Reads its `release` file: starting
# every JVM on the machine to ask for its version would take seconds.
is_jdk() {
  [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
  _version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release")
  [ -n "$_version" ] && [ "$_version" -ge "$JDK_MIN" ]
}

# find_jdk: prints the home of the first suitable JDK of JAVA25_HOME, JAVA_HOME, PATH, and the usual folders.
find_jdk() {
  _javac=$(command -v javac 2>/dev/null) || _javac=
  [ -z "$_javac" ] || _javac=$(dirname "$(dirname "$(readlink -f "$_javac")")")
  for _home in "${JAVA25_HOME:-}" "${JAVA_HOME:-}" "$_javac"; do
    if [ -n "$_home" ] && is_jdk "$_home"; then
      printf '%s\n' "$_home"
      return 0
    fi
  done
  for _folder in /usr/lib/jvm /usr/java /opt/java /opt "${HOME:-}/.sdkman/candidates/java" "${HOME:-}/.jdks"; do
    [ -d "$_folder" ] || continue
    # shellcheck disable=SC2045  # mvnw runs with globbing off, and JDKs have no spaces in their names
    for _name in $(ls "$_folder"); do
      if is_jdk "$_folder/$_name"; then
        printf '%s\n' "$_folder/$_name"
        return 0
      fi
    done
  done
  return 1
}
