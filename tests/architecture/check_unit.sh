#!/bin/bash
# The systemd unit is well-formed and its exposure low.   check_unit.sh UNIT NSCL-BINARY
# Exit code 77: there is no systemd-analyze.
set -euo pipefail
command -v systemd-analyze >/dev/null || { echo "skipped: no systemd-analyze"; exit 77; }
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
# verify wants the executable to exist: name the one that was built
sed "s|/usr/local/bin/nscl|$2|" "$1" >"$directory/nscl.service"

complaints=$(SYSTEMD_LOG_LEVEL=warning systemd-analyze verify --man=no --recursive-errors=no "$directory/nscl.service" 2>&1 || true)
if [ -n "$complaints" ]; then
  echo "systemd-analyze verify: $complaints"
  exit 1
fi
systemd-analyze security --offline=yes --threshold=15 "$directory/nscl.service" | tail -n 1
