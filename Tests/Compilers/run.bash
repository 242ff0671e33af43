#!/usr/bin/env bash
# run.bash [--all] [--thorough] [--each COMMAND] [WORD...]: the rows of `table` that `make test` takes, or all of them;
# with words, those that have each of them. In the project's root, after `make`.
#
# For a row, known.cajal is built by `make known.so`, in float without OpenBLAS and in double with it, and compared with
# answers.h. --thorough takes both precisions both ways, and then the tests of the runtime. Prints a line for each row,
# and how many passed, failed and were skipped, as docs/compilers.md shows them. --each runs COMMAND instead, with CC and
# CFLAGS of each native row.
set -euo pipefail

here=Tests/Compilers folder=build/tests/compilers
all='' thorough='' each=''
while [[ ${1-} = --* ]]; do
  case $1 in
  --all) all=yes ;;
  --thorough) thorough=yes ;;
  --each) each=$2 all=yes && shift ;;
  *) echo "run.bash: $1?" >&2 && exit 2 ;;
  esac
  shift
done
warnings='-Wall -Wextra -Wpedantic -Werror'
mkdir -p "$folder"

# Nothing of the make that runs this is handed on.
build() {
  env -u MAKEFLAGS -u MAKELEVEL -u CAJALFLAGS make --no-print-directory -j2 "$@" CC="$compiler" \
    CFLAGS="$flags $warnings"
}
has() { command -v "$1" >/dev/null; }
processor_has() { grep -qw "$1" /proc/cpuinfo 2>/dev/null; }

# Why this machine cannot run the row; nothing where it can.
reason() {
  has "$compiler" || { echo "no $compiler"; return; }
  case $runs in
  native)
    case $flags in
    *-march=x86-64*) [[ $(uname -m) = x86_64 ]] || { echo "not an x86-64"; return; } ;;
    esac
    case $flags in
    *x86-64-v3*) processor_has avx2 || echo 'no AVX2' ;;
    *x86-64-v4*) processor_has avx512vl || echo 'no AVX-512' ;;
    esac
    ;;
  aarch64) has qemu-aarch64 || echo 'no qemu-aarch64' ;;
  armhf) has qemu-arm || echo 'no qemu-arm' ;;
  esac
}

# The command that runs a program of the row.
runner() {
  case $runs in
  native) ;;
  aarch64) echo 'qemu-aarch64 -L /usr/aarch64-linux-gnu' ;;
  armhf) echo 'qemu-arm -L /usr/arm-linux-gnueabihf' ;;
  esac
}

# Everything that is said goes to the log.
row() {
  local modules=() real blas client=$folder/known-$compiler runner library status=0
  runner=$(runner)
  if [[ -n $each ]]; then
    CC=$compiler CFLAGS=$flags bash -c "$each"
    return
  fi
  for real in ${reals/both/float double}; do
    for blas in openblas none; do
      [[ $runs = native || $blas = none ]] || continue
      [[ -n $thorough || $runs != native || $real-$blas = float-none || $real-$blas = double-openblas ]] || continue
      mkdir -p "$folder/$real-$blas"
      cmp -s "$here/known.cajal" "$folder/$real-$blas/known.cajal" || cp "$here/known.cajal" "$folder/$real-$blas/"
      build "$folder/$real-$blas/known.so" CAJALFLAGS="--emit-grad --real $real --blas $blas" || return 1
      modules+=("$folder/$real-$blas/known.so")
    done
  done
  # shellcheck disable=SC2086 # several words
  $compiler -std=c11 -O1 $warnings -IRuntime/include "$here/known.c" -o "$client" -ldl -lm || return 1
  # shellcheck disable=SC2086
  $runner "$client" "${modules[@]}" || status=1
  [[ -n $thorough ]] || return $status
  blas=openblas
  [[ $runs = native ]] || blas=none
  library=$(build -s runtime-library CAJALFLAGS="--blas $blas" | tail -n 1) || return 1
  # shellcheck disable=SC2086
  $compiler $flags $warnings -ffp-contract=fast -IRuntime/include -IRuntime/src -IRuntime/tests Runtime/tests/*.c \
    "$library" -o "$folder/runtime" $([[ $blas = none ]] || echo -DCAJAL_BLAS -lopenblas) -lm || return 1
  # shellcheck disable=SC2086
  $runner "$folder/runtime" && return $status
}

if command -v python3 >/dev/null; then
  "$here/oracle.py" "$here/known.cajal" --check "$here/answers.h"
fi

passed=0 failed=0 skipped=0
while read -r test runs compiler flags; do
  [[ $test != '#'* && -n $test ]] || continue
  [[ -n $all || $test != - ]] || continue
  [[ -z $each || $runs = native ]] || continue
  name="$compiler $flags"
  for word in "$@"; do [[ " $runs $name " = *" $word "* ]] || continue 2; done
  reals=$test
  [[ -z $all ]] || reals=both
  why=$(reason)
  log=$folder/$(tr ' /=' '---' <<<"$name").log
  if [[ -n $why ]]; then
    echo "skipped: $name: $why"
    skipped=$((skipped + 1))
  elif row >"$log" 2>&1 </dev/null; then
    echo "passed:  $name${each:+: $(tail -n 1 "$log")}"
    passed=$((passed + 1))
  else
    echo "FAILED:  $name"
    tail -n 12 "$log" | cut -c1-200
    failed=$((failed + 1))
  fi
done <"$here/table"
echo "compilers: $passed passed, $failed failed, $skipped skipped"
[[ $failed = 0 && $((passed + skipped)) != 0 ]]
