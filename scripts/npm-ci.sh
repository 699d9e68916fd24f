#!/bin/sh
# usage: npm-ci.sh FOLDER
# Installs what the folder's package-lock.json names, unless it is installed already.
set -eu
cd "$1"
[ node_modules/.package-lock.json -nt package-lock.json ] && exit 0
command -v npm >/dev/null || {
  echo "Some tests run JavaScript: Node 20 and npm are needed (scripts/install-debian.sh)." >&2
  exit 1
}
exec npm ci --no-audit --no-fund --prefer-offline
