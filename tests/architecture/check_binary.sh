#!/bin/bash
# The hardening of the executable: position independent, relocations read-only and bound at start, no executable stack.
#   check_binary.sh NSCL-BINARY [instrumented]
set -euo pipefail
failed=0
expect() { grep -Eq "$2" <<<"$3" || { echo "missing: $1"; failed=1; }; }

expect "PIE" 'Flags:.*PIE' "$(readelf --wide --dynamic "$1")"
expect "full RELRO: BIND_NOW" 'BIND_NOW|Flags:.*NOW' "$(readelf --wide --dynamic "$1")"
expect "RELRO segment" 'GNU_RELRO' "$(readelf --wide --segments "$1")"
expect "stack that is not executable" 'GNU_STACK .* RW +0x' "$(readelf --wide --segments "$1")"
symbols=$(readelf --wide --dyn-syms "$1")
expect "stack protector" '__stack_chk_fail' "$symbols"
if grep -Eq 'RPATH|RUNPATH' <<<"$(readelf --wide --dynamic "$1")"; then
  echo "there is a search path for libraries"
  failed=1
fi
exit "$failed"
