#!/usr/bin/env bash
# faults.bash FOLDER [KILLS]: the trainer under faults, with what `make` built; prints a table in Markdown. Works in
# FOLDER, which is emptied. SEED chooses the moments (1), PARTS some of the parts: kills, signals, disks, inputs.
#
# Every interrupted run is resumed, and its weights and tables compared with those of a run without a break, by their bits.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
trainer=$root/bin/cajal-train
mkdir -p "$1"
folder=$(cd "$1" && pwd) kills=${2:-20}
RANDOM=${SEED:-1}

# Faults of a disk need file systems that are mounted for this process alone.
if [[ -z ${FAULTS_MOUNTS-} ]]; then
  export FAULTS_MOUNTS=no
  for namespace in -m -rm; do
    if unshare $namespace mount -t tmpfs none /mnt 2>/dev/null; then
      FAULTS_MOUNTS=yes exec unshare $namespace "${BASH_SOURCE[0]}" "$folder" "$kills"
    fi
  done
fi

source "$here/support.bash"
source "$here/interruptions.bash"
source "$here/disks.bash"
source "$here/inputs.bash"

rm -rf "${folder:?}"/*
dataset "$folder/data" 40 20 4 3
build float
build double -DREAL=double
for real in float double; do unbroken "$real"; done

echo '| fault | cases | what happened |'
echo '|---|---|---|'
for part in ${PARTS:-kills signals disks inputs}; do
  case $part in
  kills) killed_at_random_moments ;;
  signals) stopped_by_signals ;;
  disks)
    files_that_cannot_grow
    full_disks
    folders_for_reading
    ;;
  inputs)
    truncated_files
    other_modules
    ;;
  *) fail "there is no part $part" ;;
  esac
done

if ((failures > 0)); then exit 1; fi
