#!/bin/bash
# How the emitted C and its running time grow with the horizon: lines of C, and microseconds for a batch of 64 samples,
# at horizons 10 to 10 000; and the time a round, relative to horizon 100.
#
#   Benchmarks/horizon.sh
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
gcc -std=c11 -O2 -Wall -Wextra -Wpedantic -IRuntime/include Benchmarks/time_module.c -o "$folder/time_module" -ldl

printf '%-8s %8s %10s %14s %14s %16s\n' program horizon 'C lines' 'forward us' 'both us' 'both a round'
for program in flip system learnt; do
  base=
  for horizon in 10 100 1000 10000; do
    case $program in
      flip) body='program flip (x : Bool, n : Nat) : Bool = iter { x | y => if y then false else true } (n)' ;;
      system) body='program system (v : Real[4], n : Nat) : Real[4] = iter { v | y => [[0.5,0.1,0,0],[0,0.5,0.1,0],[0,0,0.5,0.1],[0.1,0,0,0.5]] y } (n)' ;;
      learnt) body='program learnt (A : Real[16] -o Real[16], v : Real[16], n : Nat) : Real[16] = iter { v | y => A y } (n)' ;;
    esac
    file=$folder/${program}_$horizon
    printf 'horizon %d\n%s\n' "$horizon" "$body" >"$file.cajal"
    make --no-print-directory "$file.so" CAJALFLAGS=--emit-grad >/dev/null
    read -r _ _ _ forward both < <("$folder/time_module" "$file.so" 64 11)
    if [ "$horizon" = 100 ]; then base=$(echo "$both" | awk '{print $1 / 100}'); fi
    lines=$(wc -l <"$file.c")
    echo "$program $horizon $lines $forward $both ${base:-0}" | awk '{
      printf "%-8s %8d %10d %14.1f %14.1f %16s\n", $1, $2, $3, $4, $5, ($6 > 0 ? sprintf("%.2f", $5 / $2 / $6) : "-") }'
  done
done
