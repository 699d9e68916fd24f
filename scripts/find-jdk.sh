#!/usr/bin/env bash
# Prints the home of a JDK 25 or newer: the first that is one of EPHEMERIS_JAVA_HOME, JAVA_HOME, the
# java on the PATH and the usual JVM folders. Prints what to do on standard error if there is none.
set -euo pipefail

wanted=25

# The major version of the JDK at this home, or 0.
major() {
  local version
  version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" 2>/dev/null || true)
  if [[ -z $version && -x $1/bin/java ]]; then
    version=$("$1/bin/java" -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p' | head -n 1)
  fi
  echo "${version:-0}"
}

candidates=("${EPHEMERIS_JAVA_HOME:-}" "${JAVA_HOME:-}")
if command -v java >/dev/null; then
  candidates+=("$(dirname "$(dirname "$(readlink -f "$(command -v java)")")")")
fi
shopt -s nullglob
candidates+=(
  /usr/lib/jvm/* /opt/java/* /opt/jdk*
  /Library/Java/JavaVirtualMachines/*/Contents/Home
  "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/*
)

for home in "${candidates[@]}"; do
  if [[ -n $home && -x $home/bin/javac && $(major "$home") -ge $wanted ]]; then
    echo "$home"
    exit 0
  fi
done

cat >&2 <<MESSAGE
ephemeris: no JDK $wanted or newer was found.
Looked at EPHEMERIS_JAVA_HOME, JAVA_HOME, java on the PATH, /usr/lib/jvm, /opt, ~/.sdkman and ~/.jdks.
Install one, for example Eclipse Temurin $wanted (https://adoptium.net), or point
EPHEMERIS_JAVA_HOME at its folder.
MESSAGE
exit 1
