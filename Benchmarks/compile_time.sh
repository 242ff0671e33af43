#!/bin/bash
# How the compiler's time grows with the length of a program and the depth of a net: generated files of 1 250, 2 500 and
# 5 000 lines, and models of 500 to 4 000 layers, compiled with gradients; medians of RUNS runs (default 5), and each
# time's ratio to the time a line, or a layer, of the shortest.
#
#   Benchmarks/compile_time.sh [RUNS]
set -euo pipefail
cd "$(dirname "$0")/.."
runs=${1:-5}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# Written as people write: definitions that use earlier ones, and programs of every kind, over several lines each.
generate() {
  awk -v lines="$1" 'BEGIN {
    print "horizon 10"
    print "def not : Bool -o Bool = fun x => if x then false else true"
    for (i = 0; 2 + 24 * i < lines; i++) {
      printf "\n-- Block %d.\ndef d%d : Bool -o Bool =\n  fun x => not (%s x)\n\n", i, i, i % 8 ? "d" (i - 1) : "not"
      printf "program flip%d (x : Bool, n : Nat) : Bool =\n  iter { x | y => d%d y } (n)\n\n", i, i
      printf "program choose%d (a : Bool, b : Bool, c : Bool) : Bool =\n", i
      printf "  if a\n  then (if b then d%d c else c)\n  else (if b then c else d%d c)\n\n", i, i
      printf "program link%d (f : Bool -o Bool, x : Bool, n : Nat) : Bool =\n", i
      printf "  let y = f x in\n  iter { y | z => d%d z } (succ n)\n\n", i
      printf "program blur%d (k : Real[3,3], x : Real[8,8], n : Nat) : Real[8,8] =\n", i
      printf "  iter {\n    x | y => conv2d k y\n  } (n)\n"
    }
  }' | head -n "$1"
}

# A model of dense layers and activations, or of convolutions, one after another.
generate_net() {
  awk -v kind="$1" -v layers="$2" 'BEGIN {
    printf "net f (x : Real[6, 6]) : Real[6] ="
    for (i = 1; i < layers; i += 2) printf " %s |", kind == "dense" ? "dense 6 | tanh" : "conv 2 3x3 | relu"
    print " dense\nmodel m (x : Real[6, 6]) : Real[6] = f x"
  }'
}

# The median time to compile a file, in microseconds.
median() {
  for ((run = 0; run < runs; run++)); do
    start=$(date +%s%N)
    bin/cajal2c --emit-grad "$1" -o "${1%.cajal}.c" 2>/dev/null
    echo $((($(date +%s%N) - start) / 1000))
  done | sort -n | sed -n "$((runs / 2 + 1))p"
}

printf '%8s %10s %12s %22s\n' lines programs seconds 'time a line, relative'
base=
for lines in 1250 2500 5000; do
  generate "$lines" >"$folder/p$lines.cajal"
  time=$(median "$folder/p$lines.cajal")
  : "${base:=$(echo "$time $lines" | awk '{print $1 / $2}')}"
  echo "$lines $(grep -c ^program "$folder/p$lines.cajal") $time $base" |
    awk '{printf "%8d %10d %12.3f %22.2f\n", $1, $2, $3 / 1e6, $3 / $1 / $4}'
done

printf '\n%8s %10s %12s %22s\n' layers of seconds 'time a layer, relative'
for kind in dense conv; do
  base=
  for layers in 500 1000 2000 4000; do
    generate_net "$kind" "$layers" >"$folder/$kind$layers.cajal"
    time=$(median "$folder/$kind$layers.cajal")
    : "${base:=$(echo "$time $layers" | awk '{print $1 / $2}')}"
    echo "$layers $kind $time $base" | awk '{printf "%8d %10s %12.3f %22.2f\n", $1, $2, $3 / 1e6, $3 / $1 / $4}'
  done
done
