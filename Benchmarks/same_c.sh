#!/bin/bash
# Whether two checkouts emit the same: the C, the header and the manifest, byte for byte, of every program under Examples
# and Tests/Goldens of the new one, in float and double, with and without OpenBLAS, with and without gradients, trained
# maps of the same type included; and what is said of the programs that are refused.
#
#   Benchmarks/same_c.sh OLD NEW       two checkouts, each with its bin/cajal2c
#   OLD may be a compiler instead of a checkout. MORE names folders whose programs are compared too.
set -euo pipefail
[ $# = 2 ] || { sed -n '2,8s/^# \{0,1\}//p' "$0"; exit 2; }
compiler() { if [ -d "$1" ]; then realpath "$1/bin/cajal2c"; else realpath "$1"; fi; }
old=$(compiler "$1") new=$(compiler "$2")
root=$2
[ -d "$root" ] || root=$(dirname "$0")/..
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# Everything that the compiler says of a file, with these options.
all() {
  local compiler=$1 file=$2 output=$3
  shift 3
  mkdir -p "$output"
  "$compiler" "$file" -o "$output/module.c" "$@" >"$output/output" 2>&1 || echo "status $?" >>"$output/output"
  "$compiler" "$file" --emit manifest "$@" >"$output/manifest" 2>/dev/null || true
}

programs=0 modules=0 different=0
while IFS= read -r file; do
  programs=$((programs + 1))
  # Goldens may say in their first line what they are to be compiled with.
  flags=$(sed -n '1s/^-- flags: //p' "$file")
  for real in float double; do
    for blas in openblas none; do
      for more in "" --emit-grad "--emit-grad --type-preserving"; do
        options=(--real "$real" --blas "$blas" $more $flags)
        modules=$((modules + 1))
        all "$old" "$file" "$folder/old" "${options[@]}"
        all "$new" "$file" "$folder/new" "${options[@]}"
        if ! diff -r "$folder/old" "$folder/new" >"$folder/difference"; then
          different=$((different + 1))
          echo "$file ${options[*]}"
          head -n 20 "$folder/difference"
        fi
        rm -rf "$folder/old" "$folder/new"
      done
    done
  done
done < <(find "$root/Examples" "$root/Tests/Goldens" ${MORE:-} -name '*.cajal' | LC_ALL=C sort)
echo "$programs programs, $modules modules, $different different"
[ "$programs" -gt 0 ] && [ "$different" = 0 ]
