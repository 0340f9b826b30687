#!/bin/bash
# The hardening of the executable: position independent, relocations read-only and bound at start, no executable stack,
# stack protector, branch targets marked; a release also has the checked functions of glibc and libstdc++.
#   check_binary.sh NSCL-BINARY [CONFIGURATION]
set -euo pipefail
failed=0
expect() { grep -Eq "$2" <<<"$3" || { echo "missing: $1"; failed=1; }; }
refuse() { ! grep -Eq "$2" <<<"$3" || { echo "there is $1"; failed=1; }; }

header=$(readelf --wide --file-header "$1")
dynamic=$(readelf --wide --dynamic "$1")
segments=$(readelf --wide --segments "$1")
symbols=$(readelf --wide --dyn-syms "$1")
expect "PIE" 'Type: +DYN' "$header"
expect "PIE" 'Flags:.*PIE' "$dynamic"
expect "full RELRO: BIND_NOW" 'BIND_NOW|Flags:.*NOW' "$dynamic"
expect "RELRO segment" 'GNU_RELRO' "$segments"
expect "stack that is not executable" 'GNU_STACK .* RW +0x' "$segments"
refuse "a segment that is writable and executable" 'LOAD .* RWE ' "$segments"
refuse "a relocation in the code" 'TEXTREL' "$dynamic"
refuse "a search path for libraries" 'RPATH|RUNPATH' "$dynamic"
expect "stack protector" '__stack_chk_fail' "$symbols"
if [ "${2:-}" = Release ]; then
  expect "_FORTIFY_SOURCE" '__(mem|s|vs|st|read|recv)[a-z]*_chk' "$symbols"
  expect "_GLIBCXX_ASSERTIONS" 'glibcxx_assert_fail' "$symbols"
fi
# -fcf-protection marks our code. The ELF property that makes the processor insist needs marks in each object that is
# linked in, Debian's C start-up files included, which have none: its absence is no fault of ours.
if [ "$(uname -m)" = x86_64 ]; then
  expect "-fcf-protection" 'endbr64' "$(objdump --disassemble=main "$1")"
fi
exit "$failed"
