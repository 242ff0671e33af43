#!/bin/bash
# A test runner that is started by stdbuf, so that its lines come at once, fails in every test that runs a program built
# with gcc's address sanitizer. The program is not at fault, and the same runner passes without stdbuf.
#
# Seen with gcc 12.2.0 and coreutils 9.1 (Debian). stdbuf works by LD_PRELOAD, which all descendants inherit; gcc links
# libasan as a shared object and has it insist on being the first library, so the program ends with status 1 before main.
# clang links it statically and runs, as gcc does with -static-libasan; gcc's undefined and thread sanitizers run too.
#
# Why it matters: what drives tests of generated C often buffers by lines to see failures early, several processes above
# the program; the message is on the standard error of a grandchild, and reads as a fault of the link.
# Expected: a tool for buffering changes buffering. Cures: ASAN_OPTIONS=verify_asan_link_order=0, -static-libasan, or
# no stdbuf.
#
# Exits with 0 where this is as it was seen or cannot occur ("skipped"), with 1 where it has changed.
set -u
command -v gcc >/dev/null && command -v stdbuf >/dev/null || { echo "skipped: no gcc or no stdbuf"; exit 0; }
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
printf '#include <stdio.h>\nint main(void) { return puts("ran") < 0; }\n' >hello.c
gcc --version | head -1
stdbuf --version | head -1
status=0
try() { # EXPECTED STATUS, WHAT, COMMAND...
  local expected=$1 what=$2
  shift 2
  "$@" >out 2>err
  local got=$?
  printf '%-52s status %s  %s%s\n' "$what" "$got" "$(head -1 out)" "$(grep -o 'ASan runtime does not come first' err)"
  [ "$got" = "$expected" ] || status=1
}
gcc -fsanitize=address hello.c -o shared && gcc -fsanitize=undefined hello.c -o undefined || exit 1
gcc -fsanitize=address -static-libasan hello.c -o static 2>/dev/null || exit 1
try 0 "gcc -fsanitize=address" ./shared
try 1 "the same under stdbuf -oL" stdbuf -oL ./shared
try 1 "two shells below stdbuf -oL" stdbuf -oL sh -c "sh -c './shared; exit \$?'; exit \$?"
try 0 "verify_asan_link_order=0" env ASAN_OPTIONS=verify_asan_link_order=0 stdbuf -oL ./shared
try 0 "gcc -fsanitize=address -static-libasan" stdbuf -oL ./static
try 0 "gcc -fsanitize=undefined" stdbuf -oL ./undefined
if command -v clang >/dev/null && clang -fsanitize=address hello.c -o clang 2>/dev/null; then
  try 0 "clang -fsanitize=address" stdbuf -oL ./clang
fi
[ "$status" = 0 ] || echo "this has changed"
exit "$status"
