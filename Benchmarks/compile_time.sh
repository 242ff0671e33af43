#!/bin/bash
# How the compiler's time grows with the length of a program: generated files of 1 250, 2 500 and 5 000 lines, compiled
# with gradients; medians of RUNS runs (default 5), and each time's ratio to the time a line of the shortest.
#
#   Benchmarks/compile_time.sh [RUNS]
set -euo pipefail
cd "$(dirname "$0")/.."
runs=${1:-5}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# Definitions that use earlier ones, and programs of every kind, five lines each.
generate() {
  awk -v lines="$1" 'BEGIN {
    print "horizon 10"
    print "def not : Bool -o Bool = fun x => if x then false else true"
    for (i = 0; 4 + 5 * i < lines; i++) {
      printf "def d%d : Bool -o Bool = fun x => not (%s x)\n", i, i % 8 ? "d" (i - 1) : "not"
      printf "program a%d (x : Bool, n : Nat) : Bool = iter { x | y => d%d y } (n)\n", i, i
      printf "program b%d (a : Bool, b : Bool) : Bool = if a then (if b then d%d false else true) else d%d b\n", i, i, i
      printf "program c%d (n : Nat, m : Nat) : Nat = iter { n | y => succ (succ y) } (m)\n", i
      printf "program e%d (f : Bool -o Bool, x : Bool, n : Nat) : Bool = let y = f x in iter { y | z => d%d z } (succ n)\n", i, i
    }
  }' | head -n "$1"
}

printf '%8s %12s %22s\n' lines seconds 'time a line, relative'
base=
for lines in 1250 2500 5000; do
  generate "$lines" >"$folder/p$lines.cajal"
  median=$(
    for ((run = 0; run < runs; run++)); do
      start=$(date +%s%N)
      bin/cajal2c --emit-grad "$folder/p$lines.cajal" -o "$folder/p$lines.c" 2>/dev/null
      echo $((($(date +%s%N) - start) / 1000))
    done | sort -n | sed -n "$((runs / 2 + 1))p"
  )
  : "${base:=$(echo "$median $lines" | awk '{print $1 / $2}')}"
  echo "$lines $median $base" | awk '{printf "%8d %12.3f %22.2f\n", $1, $2 / 1e6, $2 / $1 / $3}'
done
