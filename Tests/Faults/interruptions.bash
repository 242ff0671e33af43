# Runs that are ended from outside, at random moments.

# Sleeps for a part of the time that a run takes which writes a checkpoint every so many steps.
lengths=()
random_moment() { # EVERY
  local began
  if [[ -z ${lengths[$1]-} ]]; then
    run_of float "$folder/timed-$1" "$1"
    began=$(now)
    "${command[@]}" >/dev/null
    lengths[$1]=$(($(now) - began))
  fi
  sleep "$(awk -v ms="${lengths[$1]}" -v r=$RANDOM 'BEGIN { printf "%.4f", ms * r / 32768 / 1000 }')"
}

# A run that finishes before its moment is compared, and another begun.
killed_at_random_moments() {
  local run=$folder/killed real=float every=1 code killed=0 runs=0 same=0 pid early=0 writing=0 rows=0 between=0
  while true; do
    if [[ -z ${lengths[$every]-} ]]; then random_moment "$every"; fi
    run_of "$real" "$run" "$every"
    "${command[@]}" >"$folder/log" 2>&1 &
    pid=$!
    if ((killed < kills)); then
      random_moment "$every"
      kill -KILL $pid 2>/dev/null || true
    fi
    code=0
    wait $pid 2>/dev/null || code=$?
    if [[ $code = 137 ]]; then
      killed=$((killed + 1))
      if [[ ! -f $run/checkpoint.safetensors ]]; then
        early=$((early + 1))
      elif compgen -G "$run/*.safetensors.??????" >/dev/null || compgen -G "$run/*.csv.??????" >/dev/null; then
        writing=$((writing + 1))
      elif [[ $(wc -l <"$run/steps.csv") != $(($(checkpoint_step "$run") + 1)) ]]; then
        rows=$((rows + 1))
      else
        between=$((between + 1))
      fi
    elif [[ $code = 0 ]]; then
      runs=$((runs + 1))
      if equal "$run" "$real"; then same=$((same + 1)); else fail "a $real run that was killed has other bits"; fi
      if ((killed >= kills)); then break; fi
      rm -rf "$run"
      if [[ $real = float ]]; then real=double; else real=float; fi
      if [[ $every = 1 ]]; then every=10; else every=1; fi
    else
      fail "killed: exit code $code: $(cat "$folder/log")"
      break
    fi
  done
  row '`kill -9` at a random moment' "$killed" "before the first checkpoint $early, while a file was written $writing, \
between the tables and the checkpoint $rows, elsewhere $between; all of the $runs runs that came of it finished, $same \
with the same bits"
}

stopped_by_signals() {
  local run=$folder/stopped real=double name number code pid wanted=$((kills / 4 + 3))
  local kept_step sent=0 kept=0 early=0 runs=0 same=0
  if [[ -z ${lengths[5]-} ]]; then random_moment 5; fi
  while true; do
    run_of "$real" "$run" 5
    if ((sent % 2)); then name=INT number=2; else name=TERM number=15; fi
    # A shell's background processes ignore SIGINT.
    env --default-signal=INT "${command[@]}" >"$folder/log" 2>&1 &
    pid=$!
    if ((sent < wanted)); then
      random_moment 5
      kill -$name $pid 2>/dev/null || true
    fi
    code=0
    wait $pid || code=$?
    if [[ $code = $((128 + number)) ]]; then
      sent=$((sent + 1))
      kept_step=$(checkpoint_step "$run" 2>/dev/null) || kept_step=none
      if grep -q "stopped by SIG$name; the checkpoint of step $kept_step is in" "$folder/log"; then
        kept=$((kept + 1))
      else
        early=$((early + 1))
      fi
    elif [[ $code = 0 ]]; then
      runs=$((runs + 1))
      if equal "$run" "$real"; then same=$((same + 1)); else fail "a $real run that was stopped has other bits"; fi
      if ((sent >= wanted)); then break; fi
      rm -rf "$run"
    else
      fail "SIG$name: exit code $code: $(cat "$folder/log")"
      break
    fi
  done
  row 'SIGTERM, SIGINT in turn at a random moment' "$sent" "exit code 143 or 130 each; with a checkpoint of the \
step at hand $kept, ended while it started $early; all of the $runs runs finished, $same with the same bits"
}
