#!/usr/bin/env bash
# Installs what the load tests need beyond the build, on Debian: nginx, which they compare with and
# start themselves, so that its service is left stopped. Run as root.
set -euo pipefail

if command -v nginx >/dev/null; then
  exit 0
fi
apt-get update -qq
# A new service is started at once unless this says that it may not be.
policy=/usr/sbin/policy-rc.d
if [[ ! -e $policy ]]; then
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod +x "$policy"
  trap 'rm -f "$policy"' EXIT
fi
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nginx-light
