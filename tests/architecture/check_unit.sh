#!/bin/bash
# The systemd unit is well-formed, has every line of the sandbox, and its exposure is low, also with the changes that its
# comments and docs/operations.md name.   check_unit.sh UNIT NSCL-BINARY
# Exit code 77: there is no systemd-analyze.
set -euo pipefail
failed=0
required=(
  Type=notify User=nscl StateDirectory=nscl StateDirectoryMode=0700 ConfigurationDirectory=nscl UMask=0077 LimitCORE=0
  LimitNOFILE=262144 LimitMEMLOCK=1M Restart=on-failure WatchdogSec=30 CapabilityBoundingSet= NoNewPrivileges=yes
  ProtectSystem=strict ProtectHome=yes PrivateTmp=yes PrivateDevices=yes PrivateMounts=yes ProtectKernelTunables=yes
  ProtectKernelModules=yes ProtectKernelLogs=yes ProtectControlGroups=yes ProtectClock=yes ProtectHostname=yes
  ProtectProc=invisible ProcSubset=pid "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX" RestrictNamespaces=yes
  RestrictRealtime=yes RestrictSUIDSGID=yes LockPersonality=yes MemoryDenyWriteExecute=yes
  SystemCallArchitectures=native SystemCallFilter=@system-service
  "SystemCallFilter=~@privileged @resources @mount @debug @obsolete" SystemCallErrorNumber=EPERM RemoveIPC=yes
)
for line in "${required[@]}"; do
  grep -Fxq -- "$line" "$1" || { echo "missing: $line"; failed=1; }
done
grep -q '^TasksMax=[0-9]' "$1" || { echo "missing: TasksMax"; failed=1; }

command -v systemd-analyze >/dev/null || { echo "skipped: no systemd-analyze"; exit "$((failed ? 1 : 77))"; }
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT

# judge NAME [SED SCRIPT]
judge() {
  # verify wants the executable to exist: name the one that was built
  sed -e "s|/usr/local/bin/nscl|$binary|" -e "${2:-}" "$unit" >"$directory/nscl.service"
  local complaints
  complaints=$(SYSTEMD_LOG_LEVEL=warning systemd-analyze verify --man=no --recursive-errors=no "$directory/nscl.service" 2>&1 || true)
  [ -z "$complaints" ] || { echo "$1: systemd-analyze verify: $complaints"; failed=1; }
  echo "$1: $(systemd-analyze security --offline=yes "$directory/nscl.service" | tail -n 1)"
  systemd-analyze security --offline=yes --threshold=15 "$directory/nscl.service" >"$directory/report" || { cat "$directory/report"; failed=1; }
}
unit=$1 binary=$2
judge "as shipped"
judge "with a port below 1024" 's/^\(AmbientCapabilities\|CapabilityBoundingSet\)=$/\1=CAP_NET_BIND_SERVICE/; /^PrivateUsers=/d'
judge "with a master key" '/^UMask=/a LoadCredentialEncrypted=nscl.master'
exit "$failed"
