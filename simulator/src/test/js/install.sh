#!/bin/sh
# Installs what package-lock.json names, unless it is installed already.
set -eu
cd "$(dirname "$0")"
[ node_modules/.package-lock.json -nt package-lock.json ] && exit 0
command -v npm >/dev/null || {
  echo "The comparison of query engines runs one in JavaScript: Node 20 and npm are needed (scripts/install-debian.sh)." >&2
  exit 1
}
exec npm ci --no-audit --no-fund --prefer-offline
