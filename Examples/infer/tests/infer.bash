#!/usr/bin/env bash
# infer.bash FOLDER RUN: the three programs on a trained module, whose outputs have to agree with each other and with
# the trainer. RUN is what Examples/experiments/tests/experiments.bash left. What is not installed is skipped, loudly.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
folder=$1 trained=$2/experiment1/trained/iterative-blur-d-bounded.so images=$2/data/t10k-images-idx3-ubyte
snapshot=$2/experiment1/runs/iterative-blur/d-bounded/lr0.0005-batch4-imagesall-seed0/snapshots/3.npy
mkdir -p "$folder"
fail() {
  echo "infer: FAILED: $1" >&2
  exit 1
}

flags=(-std=c11 -O1 -Wall -Wextra -Wpedantic -Werror -I "$root/Runtime/include")
${CC:-gcc} "${flags[@]}" "$here/../infer.c" -o "$folder/infer"
${CC:-gcc} "${flags[@]}" "$here/compare.c" -o "$folder/compare" -lm

for index in 0 1; do
  "$folder/compare" "$trained" "$index" "$snapshot" "$index" <"$images" || fail "image $index is not the trainer's"
  "$folder/infer" "$trained" "$index" <"$images" >"$folder/c-$index.pgm"
  equal_size=$(stat -c %s "$folder/c-$index.pgm")
  [[ $equal_size = $((13 + 784)) ]] || fail "the output has $equal_size bytes"
done
if cmp -s "$folder/c-0.pgm" "$folder/c-1.pgm"; then fail 'two images have the same output'; fi
if "$folder/infer" "$trained" 12 <"$images" >/dev/null 2>&1; then fail 'a thirteenth image of twelve'; fi
# No program takes an index that is none: it fails, writes nothing, and says so.
refuse() { # NAME COMMAND...
  local name=$1 index
  shift
  for index in -1 -2147483649 12 9223372036854775807 18446744073709551616 1x '' one; do
    if "$@" "$trained" "$index" <"$images" >"$folder/$name-refused.pgm" 2>"$folder/$name-refused.txt"; then
      fail "$name takes the index '$index'"
    fi
    [[ ! -s $folder/$name-refused.pgm ]] || fail "$name writes something for the index '$index'"
    grep -q '^infer: ' "$folder/$name-refused.txt" || fail "$name has no message for the index '$index'"
  done
}
refuse c "$folder/infer"
if "$folder/infer" "${trained%.so}.c" 0 <"$images" >/dev/null 2>&1; then fail 'a module that is none'; fi

agree() { # NAME COMMAND...
  local name=$1 index
  shift
  for index in 0 1; do
    "$@" "$trained" "$index" <"$images" >"$folder/$name-$index.pgm"
    cmp "$folder/c-$index.pgm" "$folder/$name-$index.pgm" || fail "$name and C differ on image $index"
  done
}
if command -v python3 >/dev/null; then
  agree python python3 "$here/../infer.py"
  refuse python python3 "$here/../infer.py"
else
  echo 'infer: SKIPPED Python: python3 is missing' >&2
fi
if command -v swiftc >/dev/null; then
  env -u CC swiftc -O -I "$here/.." "$here/../infer.swift" -o "$folder/infer-swift"
  agree swift "$folder/infer-swift"
  refuse swift "$folder/infer-swift"
else
  echo 'infer: SKIPPED Swift: swiftc is missing' >&2
fi
echo 'infer: passed'
