#!/bin/bash
# What came since an earlier checkout, in time: every program and model of the files as `make x.so` builds it with
# gradients, here and there. Both are timed in pairs, in turn; prints the median ratio of PAIRS pairs, of now to before,
# for forward and for forward and backward, and the time now in microseconds.
#
#   Benchmarks/before.sh CHECKOUT [FILE.cajal...]        by default those of Examples/paper; CHECKOUT has its bin/cajal2c
#   REAL=double BATCH=64 PAIRS=11 Benchmarks/before.sh CHECKOUT
#
# A file that the compiler before does not take is said and left out. REAL is float or double.
set -euo pipefail
[ $# -ge 1 ] && [ -x "$1/bin/cajal2c" ] || { sed -n '2,9s/^# \{0,1\}//p' "$0"; exit 2; }
before=$(realpath "$1")
shift
cd "$(dirname "$0")/.."
source Benchmarks/pairs.bash
real=${REAL:-float} batch=${BATCH:-64} pairs=${PAIRS:-11}
[ $# -gt 0 ] || set -- Examples/paper/*.cajal

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
builder . "$folder/now"
builder "$before" "$folder/before"

head_of_times "program, $real, batch $batch"
for file; do
  flags=(--emit-grad --real "$real")
  if ! "$before/bin/cajal2c" "$file" "${flags[@]}" -o "$folder/before.c" 2>/dev/null; then
    printf '%-34s %s\n' "$(basename "$file" .cajal)" 'not of the language before'
    continue
  fi
  for copy in now before; do build_module "$folder/$copy" "$file" "${flags[*]}"; done
  time_modules "$folder/now" "$folder/before" "$(basename "$file" .cajal)" "$batch" "$pairs"
done
mean_of_times
