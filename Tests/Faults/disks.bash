# Disks that are full, and folders that cannot be written to.

# A run that failed for want of room: its message, what it left, and the run that goes on from there.
failed_for_room() { # RUN MESSAGE CODE
  local kept
  [[ $3 = 1 ]] || fail "$2: exit code $3: $(cat "$folder/log")"
  grep -q "$2" "$folder/log" || fail "$2 is not said: $(cat "$folder/log")"
  if compgen -G "$1/*.??????" >/dev/null; then fail "$2: a temporary file is left"; fi
  if [[ -f $1/checkpoint.safetensors ]]; then
    kept="The checkpoint of step $(checkpoint_step "$1") is kept in $1: --resume goes on from it."
    grep -qF "$kept" "$folder/log" || fail "$2: not said: $kept"
  fi
}

files_that_cannot_grow() {
  local limit code cases=0 enough=0 same=0
  for ((limit = 1; limit <= 20; limit++)); do
    run_of float "$folder/limit$limit" 10
    code=0
    (
      ulimit -f "$limit"
      exec "${command[@]}"
    ) >"$folder/said" 2>"$folder/log" || code=$?
    if [[ $code = 0 ]]; then
      enough=$((enough + 1))
      continue
    fi
    cases=$((cases + 1))
    failed_for_room "$folder/limit$limit" 'File too large' "$code"
    if "${command[@]}" >/dev/null && equal "$folder/limit$limit" float; then same=$((same + 1)); else
      fail "a run whose files were limited to $limit kB has other bits"
    fi
  done
  row 'no file may grow beyond 1, 2, … 20 kB' "$cases" "exit code 1, the message names the file, no temporary file \
is left, the checkpoint is kept; with room again $same went on to the same bits ($enough limits were enough)"
}

full_disks() {
  local pages code cases=0 enough=0 same=0 before=0 disk=$folder/disk
  if [[ $FAULTS_MOUNTS = no ]]; then
    row 'a full disk' skipped 'needs root, or namespaces of a user'
    return
  fi
  mkdir -p "$disk"
  for ((pages = 1; pages <= 16; pages++)); do
    mount -t tmpfs -o size=$((4 * pages))k none "$disk"
    run_of float "$disk/run" 10
    code=0
    "${command[@]}" >"$folder/said" 2>"$folder/log" || code=$?
    if [[ $code = 0 ]]; then enough=$((enough + 1)); else
      cases=$((cases + 1))
      failed_for_room "$disk/run" 'No space left on device' "$code"
      if [[ ! -e $disk/run ]]; then before=$((before + 1)); fi
      mount -o remount,size=10m "$disk"
      if "${command[@]}" >/dev/null && equal "$disk/run" float; then same=$((same + 1)); else
        fail "a run on a disk of $pages pages has other bits"
      fi
    fi
    umount "$disk"
  done
  row 'a disk of 4, 8, … 64 kB' "$cases" "full: exit code 1, the message says so, no temporary file is left, the \
checkpoint is kept, or, before the first, nothing at all ($before); with room again $same went on to the same bits ($enough sizes \
were enough)"
}

folders_for_reading() {
  local code disk=$folder/disk kind cases=0 run
  if [[ $FAULTS_MOUNTS = no ]]; then
    row 'a folder that is mounted for reading' skipped 'needs root, or namespaces of a user'
    return
  fi
  mkdir -p "$disk"
  mount -t tmpfs -o size=10m none "$disk"
  steps=100
  run_of float "$disk/half" 10
  "${command[@]}" >/dev/null
  steps=300
  mkdir "$disk/empty"
  mount -o remount,ro "$disk"
  for kind in half empty new new/inner; do
    run=$disk/$kind code=0
    run_of float "$run" 10
    "${command[@]}" >"$folder/said" 2>"$folder/log" || code=$?
    cases=$((cases + 1))
    [[ $code = 1 ]] && grep -q 'Read-only file system' "$folder/log" || fail "read-only: $code: $(cat "$folder/log")"
  done
  mount -o remount,rw "$disk"
  run_of float "$disk/half" 10
  if "${command[@]}" >/dev/null && equal "$disk/half" float; then :; else fail 'a run that was mounted for reading'; fi
  umount "$disk"
  row 'a folder that is mounted for reading' "$cases" "exit code 1, the message says so; the half run that was there \
went on to the same bits when it could be written to again"
}
