# Runs processes of the trainer, a number of them at a time.

declare -A running=() # process -> index into runs
finished_count=0 failed_count=0 started=$SECONDS

train_all() {
  local index state waiting=()
  for index in "${!runs[@]}"; do
    state=$(state_of ${runs[index]})
    case $state in
    finished) finished_count=$((finished_count + 1)) ;;
    stopped) if [[ $retry = yes ]]; then waiting+=("$index"); else finished_count=$((finished_count + 1)); fi ;;
    *) waiting+=("$index") ;;
    esac
  done
  if ((${#waiting[@]} > 0 && finished_count > 0)); then
    say "$finished_count of ${#runs[@]} runs were done before"
  fi
  trap 'interrupted' INT TERM HUP
  for index in "${waiting[@]}"; do
    while ((${#running[@]} >= jobs)); do
      pause
      collect
    done
    if time_is_up; then break; fi
    start "$index"
  done
  while ((${#running[@]} > 0)); do
    pause
    collect
  done
  trap - INT TERM HUP
  if time_is_up && ((finished_count + failed_count < ${#runs[@]})); then
    say "$((${#runs[@]} - finished_count - failed_count)) runs are left; the same command goes on with them"
  fi
  ((failed_count == 0))
}

time_is_up() {
  [[ -n $hours ]] && awk -v s=$((SECONDS - started)) -v h="$hours" 'BEGIN { exit !(s >= 3600 * h) }'
}

start() {
  local run=${runs[$1]} folder
  folder=$(folder_of $run)
  mkdir -p "$folder"
  identity_of $run >"$folder/run.csv"
  rm -f "$folder/stopped"
  set -- "$1" $run
  local arguments=(
    "$(module_of $run)" --data "$data" --task "$(task_of $run)" --loss "$(loss_of $run)"
    "--${length% *}" "${length#* }" --lr "$6" --batch "$7" --seed "$5" --threads "$threads"
    --eval-every "$eval_every" --checkpoint-every "$checkpoint_every" --out "$folder" --resume)
  if [[ -n $eval_at ]]; then arguments+=(--eval-at "$eval_at"); fi
  if [[ -n $clip ]]; then arguments+=(--clip "$clip"); fi
  if [[ $8 != all ]]; then arguments+=(--train-images "$8"); fi
  if [[ $test_images != all ]]; then arguments+=(--test-images "$test_images"); fi
  if [[ -n $snapshots ]] && is_image_task $run; then
    arguments+=(--snapshots "$snapshots")
    if [[ -n $snapshot_images ]]; then arguments+=(--snapshot-images "$snapshot_images"); fi
  fi
  # The trainer has threads of its own. It must not live longer than this script: the next would find it at work.
  OPENBLAS_NUM_THREADS=1 setpriv --pdeathsig KILL -- "$trainer" "${arguments[@]}" >>"$folder/log" 2>&1 9>&- &
  running[$!]=$1
}

is_image_task() { [[ $1 = iterative || $1 = conditional ]]; }

loss_of() { if is_image_task "$@"; then echo l1; else echo cross-entropy; fi; }

pause() {
  show_status
  sleep 0.1
}

# Takes note of the processes that have ended.
collect() {
  local process index code
  for process in "${!running[@]}"; do
    if kill -0 "$process" 2>/dev/null; then continue; fi
    code=0
    wait "$process" || code=$?
    index=${running[$process]}
    unset "running[$process]"
    ended "$code" ${runs[index]}
  done
}

ended() {
  local code=$1
  shift
  local folder last
  folder=$(folder_of "$@")
  last=$(grep -E '^cajal-train: ' "$folder/log" | tail -n 1) || true
  if [[ $code = 0 ]]; then
    echo "$length" >"$folder/finished"
    if [[ $discard = yes ]]; then rm -f "$folder"/{checkpoint,model}.safetensors; fi
    finished_count=$((finished_count + 1))
    say "[$finished_count/${#runs[@]}] $(text_of "$@"): $(last_measures "$folder/metrics.csv")"
  elif [[ $code = 1 && $last =~ ^cajal-train:\ step\ [0-9]+: ]]; then
    echo "${last#cajal-train: }" >"$folder/stopped"
    finished_count=$((finished_count + 1))
    say "[$finished_count/${#runs[@]}] $(text_of "$@"): stopped at ${last#cajal-train: }"
  else
    failed_count=$((failed_count + 1))
    say "failed with $code: $(text_of "$@")"
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
  local text="$finished_count of ${#runs[@]} runs done" process run
  for process in "${!running[@]}"; do
    run=${runs[${running[$process]}]}
    text+=" | $(text_of $run): step $(tail -n 1 "$(folder_of $run)/steps.csv" 2>/dev/null | cut -d, -f1)"
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
