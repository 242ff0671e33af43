#!/bin/bash
# What the guards against faults of compilers cost (docs/compilers.md): every program of the files as `make x.so` builds
# it with gradients, and the same without the guards, whose results may be wrong. Both are timed in pairs, in turn;
# prints the median ratio of PAIRS pairs for forward and for forward and backward, and the time itself in microseconds.
#
#   Benchmarks/guards.sh [FILE.cajal...]        by default those of Examples/paper and Examples/science
#   REAL=double GUARD=vectors BATCH=64 PAIRS=11 Benchmarks/guards.sh
#
# GUARD is one of: vectors (doubles in 256 bits), blocks (loops stay loops), counters (hidden from the compiler), all.
# REAL is float or double. Flags other than the Makefile's come by CC and CFLAGS.
set -euo pipefail
cd "$(dirname "$0")/.."
real=${REAL:-float} guard=${GUARD:-all} batch=${BATCH:-64} pairs=${PAIRS:-11}
vectors='/#pragma GCC target("prefer-vector-width=256")/d'
blocks='/#pragma GCC optimize("no-tree-loop-distribute-patterns")/d'
counters='s/^\( *\)CAJAL_HIDE([a-z0-9_]*);$/\1;/'
case $guard in
vectors | blocks | counters) without=${!guard} ;;
all) without="$vectors;$blocks;$counters" ;;
*) sed -n '2,11s/^# \{0,1\}//p' "$0" && exit 2 ;;
esac
[ $# -gt 0 ] || set -- Examples/paper/*.cajal Examples/science/*/*.cajal

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
gcc -std=c11 -O2 -Wall -Wextra -Wpedantic -IRuntime/include Benchmarks/time_module.c -o "$folder/time_module" -ldl

# Two copies of what builds modules; in one, the runtime has no guards, and the compiler takes them out of what it wrote.
for copy in with without; do
  mkdir -p "$folder/$copy/bin"
  cp -r Makefile Runtime .ci "$folder/$copy"
  cp bin/cajal2c "$folder/$copy/bin"
done
mv "$folder/without/bin/cajal2c" "$folder/without/bin/compiler"
sed -i "$without" "$folder"/without/Runtime/src/*.[ch]
cat >"$folder/without/bin/cajal2c" <<END
#!/bin/bash
"\${0%cajal2c}compiler" "\$@" && sed -i '$without' "\${@: -1}"
END
chmod +x "$folder/without/bin/cajal2c"

median() { sort -g | awk '{ value[NR] = $1 } END { print value[int((NR + 1) / 2)] }'; }
name_of() { basename "$1" .cajal; }

build() {
  local copy=$1 file=$2 name
  name=$(name_of "$file")
  cp "$file" "$folder/$copy/$name.cajal"
  make --no-print-directory -o bin/cajal2c -C "$folder/$copy" "$name.so" CAJALFLAGS="--emit-grad --real $real" >"$folder/log" 2>&1 || {
    tail -n 20 "$folder/log" >&2
    exit 1
  }
}

printf '%-34s %12s %12s %10s %10s\n' "program, $real, batch $batch" 'forward us' 'both us' 'forward' 'both'
for file; do
  build with "$file" && build without "$file"
  name=$(name_of "$file")
  for ((pair = 0; pair < pairs; pair++)); do
    order='with without'
    ((pair % 2)) && order='without with'
    for copy in $order; do
      "$folder/time_module" "$folder/$copy/$name.so" "$batch" 101 >"$folder/$copy.times"
    done
    paste -d ' ' "$folder/with.times" "$folder/without.times"
  done >"$folder/pairs"
  # Name, horizon, batch, forward and both of the one, then of the other.
  for program in $(cut -d ' ' -f 1 "$folder/pairs" | awk '!seen[$0]++'); do
    of() { awk -v program="$program" "\$1 == program { print $1 }" "$folder/pairs" | median; }
    printf '%-34s %12.2f %12.2f %10.3f %10.3f\n' "$name $program" "$(of '$4')" "$(of '$5')" \
      "$(of '$4 / $9')" "$(of '$5 / $10')"
  done | tee -a "$folder/rows"
done
awk '{ for (i = 5; i <= 6; i++) { logs += log($i); if ($i > most) { most = $i; where = $1 " " $2 } } }
  END { printf "%d programs: mean %.3f, most %.3f (%s)\n", NR, exp(logs / (2 * NR)), most, where }' "$folder/rows"
