#!/usr/bin/env bash
# experiments.bash FOLDER: every model of every experiment for three steps on a few patterns; tables, figures, trained
# modules; and that a run that was killed goes on to the same bits. Needs what `make` builds; draws if gnuplot is there.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
run=$here/../run
folder=$1
rm -rf "$folder"
mkdir -p "$folder"
failures=0

check() { # WHAT COMMAND...
  local what=$1
  shift
  if ! "$@"; then
    echo "experiments: FAILED: $what" >&2
    failures=$((failures + 1))
  fi
}
equal() {
  if [[ $1 != "$2" ]]; then
    echo "    expected: $1" >&2
    echo "    found:    $2" >&2
    return 1
  fi
}
rows() { awk -F, "NR > 1 && ($1)" "$2" | wc -l; }
loudly() {
  "$@" >"$folder/said" 2>&1 || {
    cat "$folder/said" >&2
    return 1
  }
}

# The tables, against some that were computed by hand.
for table in dynamics sweep efficiency bounded; do
  files=()
  for name in baselines runs results steps; do
    if [[ $table = dynamics ]]; then
      cp "$here/tables/$name.csv" "$folder/$name.csv"
    else
      grep -v '^xor' "$here/tables/$name.csv" >"$folder/$name.csv"
    fi
    if [[ $name != steps || $table = bounded ]]; then files+=("$folder/$name.csv"); fi
  done
  awk -v moments=2,epoch,end -v early=2 -f "$here/../tables/common.awk" -f "$here/../tables/$table.awk" "${files[@]}" \
    >"$folder/$table.md"
  check "the table $table" diff "$here/tables/$table.md" "$folder/$table.md"
done

"$here/make-images" "$folder/data" 24 12
short=(--data "$folder/data" --steps 3 --batch 4 --seeds 0 --eval-every 3 --eval-at 0 --test-images all --jobs 2)

snapshots=(--snapshots 0,3 --snapshot-images 0,1)
out=$folder/experiment1
check experiment1 loudly "$run" experiment1 "${short[@]}" "${snapshots[@]}" --out "$out"
check 'experiment1 trains five models on two transforms' equal 10 "$(rows '$9 == "finished" && $10 == 3' "$out/runs.csv")"
check 'experiment1 evaluates twice' equal 20 "$(rows '$11 > 0' "$out/results.csv")"
check 'experiment1 has two baselines each' equal 4 "$(rows '$4 > 0' "$out/baselines.csv")"
check 'experiment1 has a row for each model and baseline' equal 14 "$(grep -c '^| [*A-Z]' "$out/tables.md")"
out=$folder/experiment2
check experiment2 loudly "$run" experiment2 "${short[@]}" "${snapshots[@]}" --transforms blur --out "$out"
check 'experiment2 trains five models' equal 5 "$(rows '$9 == "finished" && $10 == 3' "$out/runs.csv")"
check logic loudly "$run" logic "${short[@]}" --out "$folder/logic"
measures='{ printf "%.5g %.5g %.5g\n", scale * $(at["train_loss"]), scale * $(at["test_loss"]), $(at["psnr"]) }'
check 'L1 is doubled' equal \
  "$(awk -F, -v scale=2 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i } END '"$measures" \
    "$folder"/experiment1/runs/iterative-blur/i/*/metrics.csv)" \
  "$(awk -F, '$2 == "blur" && $3 == "i" { last = sprintf("%.5g %.5g %.5g", $10, $11, $12) } END { print last }' \
    "$folder/experiment1/results.csv")"
check 'cross-entropy is not' equal \
  "$(awk -F, -v scale=1 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i } END '"${measures/\$(at\[\"psnr\"\])/\$(at[\"accuracy\"])}" \
    "$folder"/logic/runs/xor/i/*/metrics.csv)" \
  "$(awk -F, '$1 == "xor" && $3 == "i" { last = sprintf("%.5g %.5g %.5g", $15, $16, $14) } END { print last }' \
    "$folder/logic/results.csv")"
check 'logic trains three models on four tasks' equal 12 "$(rows '$9 == "finished"' "$folder/logic/runs.csv")"
check 'logic measures accuracies' equal 24 "$(rows '$14 >= 0 && $14 <= 1 && $14 != ""' "$folder/logic/results.csv")"

# By SLURM: a stand-in that notes its options and runs the rest. Real clusters are not to be had in a test.
mkdir -p "$folder/slurm"
cat >"$folder/slurm/srun" <<'SRUN'
#!/bin/bash
options=()
while [[ $1 = --* ]]; do options+=("$1") && shift; done
echo "${options[*]} $(basename "$1")" >>"$(dirname "$0")/calls"
exec "$@"
SRUN
printf '#!/bin/sh\nprintf "3\\n2\\n"\n' >"$folder/slurm/sinfo"
chmod +x "$folder/slurm/"*
few=(logic "${short[@]}" --experiments xor --models d,i)
few=("${few[@]/--jobs/--threads}")
by_srun() { PATH=$folder/slurm:$PATH loudly "$run" "${few[@]}" "$@"; }
check 'srun where SLURM answers' by_srun --out "$folder/srun"
check 'a process of srun for each run' equal \
  '2 --nodes=1 --ntasks=1 --cpus-per-task=2 --input=none --quiet --job-name=cajal-logic cajal-train' \
  "$(uniq -c "$folder/slurm/calls" | sed 's/^ *//')"
for model in d i; do
  weights=xor/$model/lr0.0005-batch4-imagesall-seed0/model.safetensors
  check "srun gives the same weights of $model" cmp "$folder/"{logic,srun}"/runs/$weights"
done
SLURM_JOB_ID=7 SLURM_NTASKS=2 check 'srun inside an allocation' by_srun --models d --out "$folder/allocation"
check 'steps side by side' grep -q -e '--exact' "$folder/slurm/calls"
printf '#!/bin/sh\nexit 1\n' >"$folder/slurm/sinfo"
calls=$(wc -l <"$folder/slurm/calls")
check 'no srun where SLURM does not answer' by_srun --models d --out "$folder/local"
check 'this computer then' equal "$calls" "$(wc -l <"$folder/slurm/calls")"

# Figures of all kinds, from the shortest runs.
check bounded loudly "$run" bounded "${short[@]}" --seeds 0..2 --transforms blur --out "$folder/bounded"
check 'bounded keeps every step' equal 18 "$(rows '$10 > 0' "$folder/bounded/steps.csv")"
check efficiency loudly "$run" efficiency "${short[@]}" --train-images 4,24 --models d,i --out "$folder/efficiency"
check 'efficiency keeps no checkpoints' equal '' "$(find "$folder/efficiency" -name '*.safetensors')"
check sweep loudly "$run" sweep "${short[@]}" --experiments iterative --models d,i --lr 1e-3,5e-4 --out "$folder/sweep"
if command -v gnuplot >/dev/null; then
  for figure in experiment1/figures/iterative-{blur,dilate}-{dynamics,outputs} \
    experiment2/figures/conditional-blur-{dynamics,outputs} logic/figures/logic \
    bounded/figures/iterative-blur-bounded efficiency/figures/iterative-blur-efficiency \
    sweep/figures/iterative-blur-summary; do
    for format in png svg; do check "$figure.$format" test -s "$folder/$figure.$format"; done
  done
else
  echo 'experiments: SKIPPED the figures: gnuplot is missing' >&2
fi

check 'a trained module' test -s "$folder/experiment1/trained/iterative-blur-d-bounded.so"

# A run that is finished is not touched; one with other settings is refused, and nothing of it is changed.
before=$(find "$folder/experiment1/runs" -type f -exec ls -l --time-style=full-iso {} + | cksum)
check 'a second time' loudly "$run" experiment1 "${short[@]}" "${snapshots[@]}" --out "$folder/experiment1"
check 'nothing is trained twice' equal "$before" \
  "$(find "$folder/experiment1/runs" -type f -exec ls -l --time-style=full-iso {} + | cksum)"
if "$run" experiment1 "${short[@]}" --clip 0.123 --out "$folder/experiment1" 2>"$folder/said"; then
  check 'other settings in the same folder are refused' false
fi
check 'it says why' grep -q 'other settings' "$folder/said"

# Killed in the middle, with everything that it started, and then run again: the same bits as without.
long=(logic --experiments xor --models d --data "$folder/data" --steps 400 --batch 4 --seeds 0,1
  --eval-every 50 --checkpoint-every 10 --jobs 2)
check 'a run without a break' loudly "$run" "${long[@]}" --out "$folder/whole"
setsid "$run" "${long[@]}" --out "$folder/broken" >/dev/null 2>&1 &
broken=$!
steps=$folder/broken/runs/xor/d/lr0.0005-batch4-imagesall-seed0/steps.csv
for ((i = 0; i < 600; i++)); do
  if [[ -f $steps && $(wc -l <"$steps") -gt 20 ]]; then break; fi
  sleep 0.02
done
kill -KILL -- "-$broken" 2>/dev/null || true
wait "$broken" 2>/dev/null || true
check 'it was killed before its end' test ! -f "$(dirname "$steps")/finished"
check 'it goes on' loudly "$run" "${long[@]}" --out "$folder/broken"
for seed in 0 1; do
  name=runs/xor/d/lr0.0005-batch4-imagesall-seed$seed
  for file in model.safetensors steps.csv; do
    check "the same $file of seed $seed" cmp "$folder/whole/$name/$file" "$folder/broken/$name/$file"
  done
done
check 'the same results' equal "$(cut -d, -f1-17 "$folder/whole/results.csv")" \
  "$(cut -d, -f1-17 "$folder/broken/results.csv")"

if ((failures > 0)); then exit 1; fi
echo 'experiments: passed'
