#!/usr/bin/env bash
# mpi.bash FOLDER: the trainer on several processes, with bin/cajal-train, or that of TRAINER, and bin/libcajal-mpi.so.
# Works in FOLDER, which is emptied. What needs MPI is skipped, with a message, where there is none.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
mkdir -p "$1"
folder=$(cd "$1" && pwd)
rm -rf "${folder:?}"/*
source "$root/Tests/Faults/support.bash"
fail() {
  echo "mpi: FAILED: $1" >&2
  failures=$((failures + 1))
}

# The trainer with MPI's part beside it, and without.
mkdir "$folder/with" "$folder/without"
for place in with without; do
  cp -l "${TRAINER:-$root/bin/cajal-train}" "$folder/$place/" 2>/dev/null ||
    cp "${TRAINER:-$root/bin/cajal-train}" "$folder/$place/"
done
trainer=$folder/with/cajal-train

dataset "$folder/data" 37 70 4 3
build float
build double -DREAL=double
# Of 600 012 parameters: gradients of several messages.
build large -DHIDDEN=24000
build explode -DEXPLODE=1e6

run_of() { # NAME RUN [FLAG...]: the words of a run in `command`
  command=("$trainer" "$folder/$1.so" --model network --data "$folder/data" --task blur --batch 6 --clip 0.2 --lr 0.01
    --out "$folder/$2" "${@:3}")
}
expect() { # WHAT CODE TEXT: of the last command, whose output is in $folder/log and whose exit code in `code`
  if [[ $code != "$2" ]]; then fail "$1: exit code $code instead of $2: $(cat "$folder/log")"; fi
  if ! grep -qF -- "$3" "$folder/log"; then fail "$1: does not say '$3': $(cat "$folder/log")"; fi
}
same() { # RUN RUN: whether two that are finished are equal, the seconds apart
  cmp "$folder/$1/model.safetensors" "$folder/$2/model.safetensors" &&
    cmp "$folder/$1/steps.csv" "$folder/$2/steps.csv" &&
    cmp <(cut -d, -f1-14 "$folder/$1/metrics.csv") <(cut -d, -f1-14 "$folder/$2/metrics.csv")
}

# ---- Without MPI ----

# As if a launcher had started four: they may not become four runs in one folder.
without_the_library() {
  run_of float refused --steps 3
  code=0
  OMPI_COMM_WORLD_SIZE=4 "$folder/without/cajal-train" "${command[@]:1}" >"$folder/log" 2>&1 || code=$?
  expect 'without the library' 1 'make MPI=1'
  expect 'without the library' 1 'one of 4 processes'
  if [[ -e $folder/refused ]]; then fail 'a run that was refused left a folder'; fi
  code=0
  "$folder/without/cajal-train" "${command[@]:1}" --mpi >"$folder/log" 2>&1 || code=$?
  expect '--mpi without the library' 1 'make MPI=1'
  for variable in OMPI_COMM_WORLD_SIZE=1 PMI_SIZE=1 SLURM_STEP_NUM_TASKS=1; do
    code=0
    rm -rf "$folder/refused"
    env "$variable" "$folder/without/cajal-train" "${command[@]:1}" >"$folder/log" 2>&1 || code=$?
    expect "one process of a launcher ($variable)" 0 'network:'
  done
  code=0
  rm -rf "$folder/refused"
  PMI_SIZE=2 "$folder/without/cajal-train" "${command[@]:1}" --no-mpi >"$folder/log" 2>&1 || code=$?
  expect '--no-mpi' 0 'network:'
}

threads_of_bound_process() {
  local first text
  first=$(taskset -cp $$ | sed 's/.*: //; s/[-,].*//')
  text=$(taskset -c "$first" "$trainer" train --help)
  grep -A 4 -e --threads <<<"$text" | grep -F '(default: 1)' >/dev/null ||
    fail "bound to one processor: $(grep -A 4 -e --threads <<<"$text")"
}

without_the_library
threads_of_bound_process

for program in mpicc mpirun; do
  if ! command -v $program >/dev/null; then
    echo "mpi: $program is missing (libopenmpi-dev, openmpi-bin): only what needs no MPI was tested"
    exit $((failures > 0))
  fi
done
env -u MAKEFLAGS -u MFLAGS make -s -C "$root" bin/libcajal-mpi.so
cp "$root/bin/libcajal-mpi.so" "$folder/with/"

export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
# Loopback alone: a test depends on no network.
mpi=(mpirun --oversubscribe --mca btl_tcp_if_include lo --mca oob_tcp_if_include lo)
on() { # N COMMAND...: sets `code`; a hang is a failure
  code=0
  timeout 300 "${mpi[@]}" -np "$1" "${@:2}" >"$folder/log" 2>&1 || code=$?
}

# ---- The same bits ----

same_bits() {
  local real ranks threads
  for real in float double; do
    run_of $real "alone-$real" --steps 30 --eval-every 8 --snapshots 7 --threads 2
    "${command[@]}" >/dev/null
  done
  for ranks in 1 2 3 4; do
    for threads in 1 2; do
      real=$([[ $ranks$threads = [23]1 ]] && echo double || echo float)
      run_of $real "$ranks-$threads" --steps 30 --eval-every 8 --snapshots 7 --threads $threads --mpi
      on $ranks "${command[@]}"
      expect "$ranks processes" 0 'epoch'
      same "$ranks-$threads" "alone-$real" || fail "$ranks processes, $threads threads: other bits"
      cmp "$folder/$ranks-$threads/snapshots/7.npy" "$folder/alone-$real/snapshots/7.npy" || fail 'other snapshots'
      [[ $(grep -c '^network: ' "$folder/log") = 1 ]] || fail "not one of $ranks processes prints: $(cat "$folder/log")"
    done
  done
  for ranks in 1 3; do
    run_of large "large-$ranks" --steps 4 --test-images 5
    on $ranks "${command[@]}"
    expect "$ranks processes" 0 '600012 parameters'
  done
  same large-1 large-3 || fail 'gradients of several messages have other bits'
  # Where all of a message is longer than MPI can count.
  mkdir "$folder/short"
  cp -l "$trainer" "$folder/short/" 2>/dev/null || cp "$trainer" "$folder/short/"
  mpicc -O1 -DMOST_BYTES=72 -fPIC -shared -I"$root/Sources/TrainingKernels/include" "$root/Sources/MPI/cajal_mpi.c" \
    -o "$folder/short/libcajal-mpi.so"
  run_of float short-3 --steps 30 --eval-every 8
  on 3 "$folder/short/cajal-train" "${command[@]:1}"
  expect 'messages in parts' 0 'epoch'
  same short-3 alone-float || fail 'messages in parts: other bits'
}

# ---- The order of sums ----

# Little-endian floats.
floats() {
  local value
  for value in "$@"; do
    case $value in
    0) printf '\0\0\0\0' ;;
    1) printf '\0\0\x80\x3f' ;;
    1e8) printf '\x20\xbc\xbe\x4c' ;;
    -1e8) printf '\x20\xbc\xbe\xcc' ;;
    -1) printf '\0\0\x80\xbf' ;;
    -2) printf '\0\0\0\xc0' ;;
    -4) printf '\0\0\x80\xc0' ;;
    -8) printf '\0\0\0\xc1' ;;
    *) fail "no bytes of $value" ;;
    esac
  done
}
tensors() { # HEADER FLOAT...
  local header=$1
  while ((${#header} % 8)); do header+=' '; done
  printf "\\x$(printf %02x ${#header})\0\0\0\0\0\0\0%s" "$header"
  floats "${@:2}"
}
samples() { # X...: of which sample n, from 0, has the target -2^n
  local n=$# at=$(($# * 4)) targets=(-1 -2 -4 -8)
  tensors '{"target":{"dtype":"F32","shape":['$n',1],"data_offsets":[0,'$at']},"x":{"dtype":"F32","shape":['$n',1],'`
    `'"data_offsets":['$at','$((2 * at))']}}' "${targets[@]:0:n}" "$@"
}

# The gradients of the samples are 1e8, 1 and -1e8 times the same. Whatever the order is, what is left is the ones after
# the last large one; elsewhere the sum is 0, and the weight stays so. The order of the samples comes from the seed; the
# losses of single samples tell it.
order_of_sums() {
  local n seed ranks last wanted weight seen=
  build one -UINPUTS -UOUTPUTS -UINPUT_RANK -UOUTPUT_RANK -UINPUT_DIMS -UOUTPUT_DIMS -DINPUTS=1 -DOUTPUTS=1
  tensors '{"linear.bias":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"linear.weight":{"dtype":"F32",'`
    `'"shape":[1,1],"data_offsets":[4,8]}}' 0 0 >"$folder/zero.safetensors"
  for n in 3 4; do
    mkdir "$folder/files-$n"
    if ((n == 3)); then samples 1e8 1 -1e8; else samples 1e8 1 -1e8 1; fi >"$folder/files-$n/train.safetensors"
    cp "$folder/files-$n/train.safetensors" "$folder/files-$n/test.safetensors"
    for seed in {0..15}; do
      command=("$trainer" "$folder/one.so" --model linear --data "$folder/files-$n" --task files --seed $seed
        --weights "$folder/zero.safetensors")
      "${command[@]}" --batch 1 --steps $n --lr 1e-14 --out "$folder/order-$n-$seed" >/dev/null
      last=$(tail -n 1 "$folder/order-$n-$seed/steps.csv" | awk -F, '{ printf "%.0f", $2 }')
      wanted=moves
      if [[ $last = 1 || $last = 4 ]]; then wanted=stays; fi
      # Of each kind once.
      if [[ $seen = *"$n$wanted"* ]]; then continue; fi
      seen+="$n$wanted "
      for ranks in 1 $n; do
        on $ranks "${command[@]}" --batch $n --pieces $n --steps 1 --lr 0.5 --out "$folder/sum-$n-$seed-$ranks"
        expect 'a sum' 0 'epoch'
        # The weight is the last tensor, and 0 where its gradient was.
        weight=$(tail -c 4 "$folder/sum-$n-$seed-$ranks/model.safetensors" | od -An -tf4 | tr -d ' ')
        if [[ $wanted = stays && $weight != 0 || $wanted = moves && $weight != -0.5 ]]; then
          fail "the sum of $n gradients on $ranks processes: the weight is $weight, and $wanted where it is in order"
        fi
      done
    done
  done
  for n in 3stays 3moves 4stays 4moves; do [[ $seen = *$n* ]] || fail "no seed for $n"; done
}

# ---- What ends a run ----

started() { # N RUN: a run that would last for long, begun; `pid` is the launcher's; returns after its first steps
  run_of float "$2" --steps 10000000 --eval-every 100000 --checkpoint-every 20
  setsid "${mpi[@]}" -np "$1" "${command[@]}" >"$folder/log" 2>&1 &
  pid=$!
  for _ in {1..300}; do
    if [[ -e $folder/$2/checkpoint.safetensors && $(checkpoint_step "$folder/$2") != 0 ]]; then return; fi
    sleep 0.1
  done
  fail "$2: no checkpoint after 30 seconds: $(cat "$folder/log")"
}
process() { # RANK: the number of its process
  local child
  for child in $(pgrep -P "$pid"); do
    if grep -qz "^OMPI_COMM_WORLD_RANK=$1\$" "/proc/$child/environ"; then echo "$child"; fi
  done
}
ended() { # WHAT: waits for the launcher to end, at most ten seconds, and for its processes; sets `code`
  local began children
  began=$(now)
  children=$(pgrep -P "$pid" || true)
  code=0
  timeout 10 tail --pid="$pid" -f /dev/null || fail "$1: not ended after ten seconds"
  kill -KILL "$pid" 2>/dev/null || true
  wait "$pid" || code=$?
  for child in $children; do
    timeout 5 tail --pid="$child" -f /dev/null || fail "$1: process $child goes on"
  done
}
# Goes on for some steps with another number of processes, and compares with a run of so many without a break.
resumes() { # RUN N
  local step
  step=$(($(checkpoint_step "$folder/$1") + 7))
  run_of float "$1" --steps $step --eval-every 100000 --resume
  on "$2" "${command[@]}"
  expect "$1 resumed" 0 'resumed after'
  run_of float "$1-whole" --steps $step --eval-every 100000
  "${command[@]}" >/dev/null
  same "$1" "$1-whole" || fail "$1 resumed on $2 processes: other bits"
}

killed() {
  local rank
  for rank in 0 1; do
    started 3 "killed-$rank"
    kill -KILL "$(process $rank)"
    ended "process $rank killed"
    expect "process $rank killed" 137 'exited on signal 9'
  done
  resumes killed-0 2
  resumes killed-1 1
}

signalled() {
  started 2 signalled
  kill -TERM "$(process 1)"
  ended 'SIGTERM to process 1'
  expect 'SIGTERM to process 1' 143 \
    "stopped by SIGTERM; the checkpoint of step $(checkpoint_step "$folder/signalled") is in"
  resumes signalled 4
  # mpirun hands it on, kills what is left after a second, and shows no more of what they say.
  started 2 stopped
  kill -TERM "$pid"
  ended 'SIGTERM to the launcher'
  resumes stopped 1
}

not_finite() {
  run_of explode not-finite --model linear --pieces 3 --steps 20
  command=("${command[@]/#network/linear}")
  on 3 "${command[@]}"
  expect 'a NaN' 1 'the gradient of the tensor `linear.bias` holds a NaN or an infinity'
  expect 'a NaN' 1 'The checkpoint of step 0 is kept'
  [[ $(grep -c 'holds a NaN' "$folder/log") = 1 ]] || fail "a NaN is reported more than once: $(cat "$folder/log")"
}

# A shell in which R is the number of the process runs the command with more of it.
by_rank() { # WORDS: of the shell, before the command
  by=(bash -c 'R=$OMPI_COMM_WORLD_RANK; '"$1"'; exec "$@"' bash)
}

one_fails() {
  run_of float one-fails --steps 3
  by_rank '[[ $R = 0 ]] || set -- "$@" --data /nowhere'
  on 3 "${by[@]}" "${command[@]}"
  expect 'data that one lacks' 1 'process 1 of 3, on '
  expect 'data that one lacks' 1 '/nowhere'
  [[ $(grep -c /nowhere "$folder/log") = 1 ]] || fail "what two lack is said more than once: $(cat "$folder/log")"
  [[ ! -e $folder/one-fails ]] || fail 'a run that did not start left a folder'

  dataset "$folder/other" 37 70 4 3
  printf '\1' | dd of="$folder/other/train-images-idx3-ubyte" bs=1 seek=20 conv=notrunc status=none
  by_rank '[[ $R = 0 ]] || set -- "$@" --data '"$folder/other"
  on 2 "${by[@]}" "${command[@]}"
  expect 'other data' 1 'this is another run than that of process 0: data '
  by_rank '[[ $R = 0 ]] || set -- "$@" --steps 4'
  on 2 "${by[@]}" "${command[@]}"
  expect 'another length' 1 'steps 4, there steps 3'
  on 3 "${command[@]}" --pieces 2
  expect 'fewer pieces than processes' 1 'of 3 processes only 2 would have a piece'
  [[ ! -e $folder/one-fails ]] || fail 'a run that was refused left a folder'

  by_rank '[[ $R = 0 ]] || set -- "$1" /nowhere.so "${@:3}"'
  on 2 "${by[@]}" "${command[@]}"
  expect 'a module that one lacks' 1 'process 1 of 2, on '
  [[ ! -e $folder/one-fails ]] || fail 'a run whose module is not everywhere left a folder'

  # The checkpoint does not fit; only the first process writes it. Shared memory of MPI's is a file too.
  run_of large disk --steps 50 --checkpoint-every 1 --test-images 5
  by_rank '[[ $R != 0 ]] || ulimit -f 1000'
  on 2 --mca btl tcp,self "${by[@]}" "${command[@]}"
  expect 'a disk that is full' 1 'File too large'
  [[ ! -e $folder/disk ]] || fail 'a run that wrote nothing left a folder'
}

another_mpi() {
  run_of float one-joined --steps 3
  code=0
  "${command[@]}" --mpi >"$folder/log" 2>&1 || code=$?
  expect '--mpi without a launcher' 0 'network: '
  run_of float another --steps 3
  code=0
  PMI_SIZE=2 "${command[@]}" >"$folder/log" 2>&1 || code=$?
  expect 'a launcher of another MPI' 1 'the launcher started 2 processes, and'
  printf 'int nothing;\n' | gcc -shared -fPIC -x c - -o "$folder/without/libcajal-mpi.so"
  code=0
  PMI_SIZE=2 "$folder/without/cajal-train" "${command[@]:1}" >"$folder/log" 2>&1 || code=$?
  expect 'a library of another version' 1 'is of another version of the trainer'
}

for part in ${PARTS:-same_bits order_of_sums killed signalled not_finite one_fails another_mpi}; do $part; done

if ((failures > 0)); then exit 1; fi
echo 'mpi: passed'
