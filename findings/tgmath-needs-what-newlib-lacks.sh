#!/bin/bash
# With the C library of small devices, <tgmath.h> compiles sqrt and log of a float, and not exp, pow, sin, cos or tanh.
#
# Seen with gcc-arm-none-eabi 12.2.rel1 and newlib 3.3.0 (Debian 12). gcc's <tgmath.h> names, for each function that
# exists for complex numbers, those of long double too (cexpl, cpowl, csinl), although no argument is complex; newlib
# declares some of them only where long double is wider than double, which on Arm it is not. csqrtl and clogl it has
# everywhere. So which functions are generic depends on what nobody calls.
#
# Why it matters: one source for float and double, as kernels of numbers are written, is what <tgmath.h> is for. It
# compiles everywhere on a workstation, and on the device the message speaks of complex functions.
# Expected: a hosted C11 library has what <tgmath.h> of its compiler needs. Cure: _Generic over float and double.
#
# Exits with 0 where this is as it was seen or cannot occur ("skipped"), with 1 where it has changed.
set -u
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1

compiler=(arm-none-eabi-gcc)
if ! command -v arm-none-eabi-gcc >/dev/null; then
  command -v apt-get >/dev/null || { echo 'skipped: no arm-none-eabi-gcc and no apt-get'; exit 0; }
  apt-get download gcc-arm-none-eabi=15:12.2.rel1-1 libnewlib-dev=3.3.0-1.3+deb12u1 >/dev/null 2>&1 ||
    { echo 'skipped: the packages cannot be downloaded'; exit 0; }
  for package in *.deb; do dpkg -x "$package" . || exit 1; done
  compiler=("$folder/usr/bin/arm-none-eabi-gcc" -idirafter "$folder/usr/include/newlib")
fi
"${compiler[@]}" --version | head -1
printf '#include <_newlib_version.h>\nnewlib _NEWLIB_VERSION\n' | "${compiler[@]}" -E -P - | tail -1

status=0
try() { # EXPECTED, FUNCTION, ARGUMENTS
  printf '#include <tgmath.h>\nfloat f(float x);\nfloat f(float x) { return %s(%s); }\n' "$2" "$3" >f.c
  local got=compiles
  "${compiler[@]}" -std=c11 -fsyntax-only f.c 2>err || got=fails
  printf '%-6s %-9s %s\n' "$2" "$got" "$(grep -o -m1 "'[a-z]*' undeclared" err)"
  [ "$got" = "$1" ] || status=1
}
for name in sqrt log fabs floor cbrt; do try compiles $name x; done
try compiles fmax 'x, x'
for name in exp sin cos tanh; do try fails $name x; done
try fails pow 'x, x'

# The library's own functions of a float are there.
printf '#include <math.h>\nfloat f(float x);\nfloat f(float x) { return expf(x) + powf(x, x) + sinf(x) + tanhf(x); }\n' >f.c
if "${compiler[@]}" -std=c11 -fsyntax-only f.c; then echo '<math.h>: expf, powf, sinf and tanhf compile'; else status=1; fi
[ "$status" = 0 ] || echo "this has changed"
exit "$status"
