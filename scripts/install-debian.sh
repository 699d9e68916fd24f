#!/usr/bin/env bash
# Installs what the build and its tests need beyond a JDK 25, on Debian: Maven, Node, npm, Chromium, openssl,
# and Go with its module of transparency logs.
# Does nothing where they are there. Run as root.
set -euo pipefail

missing=()
command -v mvn >/dev/null || missing+=(maven)
command -v node >/dev/null || missing+=(nodejs)
command -v npm >/dev/null || missing+=(npm)
command -v chromium >/dev/null || missing+=(chromium)
command -v git >/dev/null || missing+=(git)
command -v go >/dev/null || missing+=(golang-go)
command -v openssl >/dev/null || missing+=(openssl)
[[ -d /usr/share/gocode/src/golang.org/x/mod/sumdb ]] || missing+=(golang-golang-x-mod-dev)

if ((${#missing[@]} == 0)); then
  exit 0
fi
echo "installing ${missing[*]}" >&2
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
