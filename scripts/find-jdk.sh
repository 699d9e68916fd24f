#!/usr/bin/env bash
# Prints the home of a JDK 25 or newer, or on standard error what to do if there is none.
set -euo pipefail

readonly REQUIRED_JAVA=25
# Where machines keep their JDKs, each in a folder of its own; another list can be given.
readonly FOLDERS=${EPHEMERIS_JDK_FOLDERS-/usr/lib/jvm:/opt/java:/Library/Java/JavaVirtualMachines:${HOME:-}/.sdkman/candidates/java}

# The major version of the JDK in folder $1, by its `release` file: starting Java takes too long.
java_version() {
  local line
  [[ -x $1/bin/java && -x $1/bin/javac && -r $1/release ]] || return 1
  while IFS= read -r line; do
    if [[ $line =~ ^JAVA_VERSION=\"?([0-9]+) ]]; then
      echo "${BASH_REMATCH[1]}"
      return
    fi
  done <"$1/release"
  return 1
}

# The folder of the JDK whose `java` is on the path, if it is one.
jdk_on_path() {
  local java
  java=$(command -v java) || return 0
  java=$(readlink -f "$java" 2>/dev/null || echo "$java")
  echo "${java%/bin/java}"
}

find_jdk() {
  local home version folder folders
  local homes=("${EPHEMERIS_JAVA_HOME:-}" "${JAVA_HOME:-}" "$(jdk_on_path)")
  IFS=: read -r -a folders <<<"$FOLDERS"
  for folder in ${folders[@]+"${folders[@]}"}; do
    homes+=("$folder"/* "$folder"/*/Contents/Home)
  done
  for home in "${homes[@]}"; do
    if [[ -n $home ]] && version=$(java_version "$home") && ((version >= REQUIRED_JAVA)); then
      echo "$home"
      return
    fi
  done
  echo "ephemeris: no JDK $REQUIRED_JAVA or newer found in EPHEMERIS_JAVA_HOME, JAVA_HOME, java on PATH or ${FOLDERS//:/, }. Install one, such as Eclipse Temurin (https://adoptium.net), or: sdk install java $REQUIRED_JAVA-tem" >&2
  return 1
}

find_jdk
