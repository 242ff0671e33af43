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
source Benchmarks/pairs.bash
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
# In one of the two builders the runtime has no guards, and the compiler takes them out of what it wrote.
for copy in with without; do builder . "$folder/$copy"; done
mv "$folder/without/bin/cajal2c" "$folder/without/bin/compiler"
sed -i "$without" "$folder"/without/Runtime/src/*.[ch]
cat >"$folder/without/bin/cajal2c" <<END
#!/bin/bash
"\${0%cajal2c}compiler" "\$@" && sed -i '$without' "\${@: -1}"
END
chmod +x "$folder/without/bin/cajal2c"

head_of_times "program, $real, batch $batch"
for file; do
  for copy in with without; do build_module "$folder/$copy" "$file" "--emit-grad --real $real"; done
  time_modules "$folder/with" "$folder/without" "$(basename "$file" .cajal)" "$batch" "$pairs"
done
mean_of_times
