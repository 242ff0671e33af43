# Runs processes of the trainer, a number of them at a time.

declare -A running=() # process -> index of its run
done_count=0 failed_count=0 began=$SECONDS

train_all() {
  local i waiting=()
  for i in "${!runs[@]}"; do
    state_of "$i"
    if [[ $REPLY = finished || ($REPLY = stopped && $retry = no) ]]; then
      done_count=$((done_count + 1))
    else
      waiting+=("$i")
    fi
  done
  if ((${#waiting[@]} == 0)); then return; fi
  build_what_is_needed "${waiting[@]}"
  if ((done_count > 0)); then say "$done_count of ${#runs[@]} runs were done before"; fi

  warn_of_processors
  trap 'interrupted' INT TERM HUP
  for i in "${waiting[@]}"; do
    while ((${#running[@]} >= jobs)); do
      pause
      collect
    done
    if time_is_up; then break; fi
    start "$i"
  done
  while ((${#running[@]} > 0)); do
    pause
    collect
  done
  trap - INT TERM HUP
  if ((done_count + failed_count < ${#runs[@]})); then
    say "$((${#runs[@]} - done_count - failed_count)) runs are left; the same command goes on with them"
  fi
  ((failed_count == 0))
}

time_is_up() {
  [[ -n $hours ]] && awk -v s=$((SECONDS - began)) -v h="$hours" 'BEGIN { exit !(s >= 3600 * h) }'
}

# A plan's steps without those that a shorter run does not come to, and which the trainer refuses.
up_to_the_end() { # N,N,...
  local step
  REPLY=''
  for step in ${1//,/ }; do
    if [[ $length = steps\ * && $step -gt ${length#steps } ]]; then continue; fi
    REPLY+=${REPLY:+,}$step
  done
}

start() {
  local folder=${folders[$1]} experiment transform model seed rate size count loss=cross-entropy
  read -r experiment transform model seed rate size count <<<"${runs[$1]}"
  mkdir -p "$folder"
  identity_of "$1"
  printf '%s\n' "$REPLY" >"$folder/run.csv"
  rm -f "$folder/stopped"
  local more=()
  if [[ $transform != - ]]; then
    loss=l1
    up_to_the_end "$snapshots"
    if [[ -n $REPLY ]]; then more+=(--snapshots "$REPLY"); fi
    if [[ -n $REPLY && -n $snapshot_images ]]; then more+=(--snapshot-images "$snapshot_images"); fi
  fi
  up_to_the_end "$eval_at"
  if [[ -n $REPLY ]]; then more+=(--eval-at "$REPLY"); fi
  if [[ -n $clip ]]; then more+=(--clip "$clip"); fi
  if [[ -n $pieces ]]; then more+=(--pieces "$pieces"); fi
  if [[ $count != all ]]; then more+=(--train-images "$count"); fi
  if [[ $test_images != all ]]; then more+=(--test-images "$test_images"); fi
  # The trainer has threads of its own.
  OPENBLAS_NUM_THREADS=1 "${launcher[@]}" "$trainer" "${modules[$1]}" --data "$data" --task "${tasks[$1]}" \
    --loss "$loss" "--${length% *}" "${length#* }" --lr "$rate" --batch "$size" --seed "$seed" --threads "$threads" \
    --eval-every "$eval_every" --checkpoint-every "$checkpoint_every" "${more[@]}" --out "$folder" --resume \
    >>"$folder/log" 2>&1 9>&- &
  running[$!]=$1
}

pause() {
  show_status
  sleep 0.1
}

# Takes note of the processes that have ended.
collect() {
  local process code
  for process in "${!running[@]}"; do
    if kill -0 "$process" 2>/dev/null; then continue; fi
    code=0
    wait "$process" || code=$?
    ended "${running[$process]}" "$code"
    unset "running[$process]"
  done
}

ended() { # RUN EXIT-CODE
  local folder=${folders[$1]} last
  last=$(grep -E '^cajal-train: ' "$folder/log" | tail -n 1) || true
  if [[ $2 = 0 ]]; then
    echo "$length" >"$folder/finished"
    if [[ $discard = yes ]]; then rm -f "$folder"/{checkpoint,model}.safetensors; fi
    done_count=$((done_count + 1))
    say "[$done_count/${#runs[@]}] ${texts[$1]}: $(last_measures "$folder/metrics.csv")"
  elif [[ $2 = 1 && $last =~ ^cajal-train:\ step\ [0-9]+: ]]; then
    echo "${last#cajal-train: }" >"$folder/stopped"
    done_count=$((done_count + 1))
    say "[$done_count/${#runs[@]}] ${texts[$1]}: stopped at ${last#cajal-train: }"
  else
    failed_count=$((failed_count + 1))
    say "failed with $2: ${texts[$1]}"
    tail -n 5 "$folder/log" | sed 's/^/    /'
    say "    (all that it said is in $folder/log)"
  fi
}

last_measures() {
  awk -F, '
    NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
    { last = $0 }
    END {
      split(last, field, ",")
      printf "step %s, ", field[at["step"]]
      if (field[at["accuracy"]] != "") printf "accuracy %.4g", field[at["accuracy"]]
      else printf "test L1 %.4g, PSNR %.4g dB", 2 * field[at["test_l1"]], field[at["psnr"]]
      printf ", %d s\n", field[at["seconds"]]
    }' "$1"
}

say() {
  clear_status
  printf '%s\n' "$1"
}

clear_status() { if [[ -t 2 ]]; then printf '\r\033[K' >&2; fi; }

show_status() {
  [[ -t 2 ]] || return 0
  local text="$done_count of ${#runs[@]} runs done" process i
  for process in "${!running[@]}"; do
    i=${running[$process]}
    text+=" | ${texts[i]}: step $(tail -n 1 "${folders[i]}/steps.csv" 2>/dev/null | cut -d, -f1)"
  done
  printf '\r\033[K%.*s' "$(($(tput cols 2>/dev/null || echo 80) - 1))" "$text" >&2
}

interrupted() {
  trap '' INT TERM HUP
  if ((${#running[@]} > 0)); then
    kill -TERM "${!running[@]}" 2>/dev/null || true
    wait "${!running[@]}" 2>/dev/null || true
  fi
  say 'Interrupted. The same command goes on from the last checkpoints.'
  exit 130
}
