# What the runs have come to: CSV files and tables.

# Text to a file that is never half written.
write_file() {
  cat >"$1.new"
  mv "$1.new" "$1"
}

# In the order of the tables: D and its kin, T, I; learning rates, batches, images and seeds by number.
run_folders() {
  awk -F, '
    FNR == 2 {
      rank = $3 ~ /^d/ ? 1 : $3 == "t" ? 2 : $3 == "i" ? 3 : 4
      folder = FILENAME
      sub(/\/run\.csv$/, "", folder)
      images = $7 == "all" ? 1e12 : $7
      print $1, $2, rank, $3, $5, $6, images, $4, folder
    }' OFS='\t' "$out"/runs/*/*/*/run.csv |
    LC_ALL=C sort -t $'\t' -k1,2 -k3,3n -k4,4 -k5,5g -k6,6n -k7,7g -k8,8n | cut -f9
}

gather() {
  local folder files=()
  compgen -G "$out/runs/*/*/*/run.csv" >/dev/null || fail "there are no runs in $out"
  while read -r folder; do
    if [[ -f $folder/metrics.csv ]]; then files+=("$folder/run.csv"); fi
  done < <(run_folders)
  [[ ${#files[@]} -gt 0 ]] || fail "there are no runs in $out"
  local what
  for what in results runs ${keep_steps:+steps}; do
    awk -v what="$what" -v keep_steps="${keep_steps:-0}" -f "$here/lib/gather.awk" "${files[@]}" |
      write_file "$out/$what.csv"
  done
  clear_status
  echo "$out/results.csv: $(($(wc -l <"$out/results.csv") - 1)) evaluations of ${#files[@]} runs"
}

# What is reached without learning, once for each task.
write_baselines() {
  local i file limit=()
  local -A first=() # title -> index of a run
  if [[ $test_images != all ]]; then limit=(--test-images "$test_images"); fi
  mkdir -p "$out/baselines"
  for i in "${!runs[@]}"; do
    if [[ -n ${first[${titles[i]}]:-} ]]; then continue; fi
    first[${titles[i]}]=$i
    file=$out/baselines/${titles[i]}-$test_images.csv
    if [[ -f $file ]]; then continue; fi
    if [[ ! -x $trainer ]]; then make_or_fail bin/cajal-train; fi
    "$trainer" baselines --data "$data" --task "${tasks[i]}" "${limit[@]}" >"$file.new" ||
      fail "no baselines for ${titles[i]}: $trainer failed"
    mv "$file.new" "$file"
  done
  {
    echo 'experiment,transform,baseline,test_l1_pm1,psnr,exact,accuracy,test_cross_entropy'
    for i in "${!runs[@]}"; do
      if [[ ${first[${titles[i]}]} != "$i" ]]; then continue; fi
      # shellcheck disable=SC2086 # fields
      set -- ${runs[i]}
      awk -v experiment="$1" -v transform="$2" -f "$here/lib/baselines.awk" "$out/baselines/${titles[i]}-$test_images.csv"
    done
  } | write_file "$out/baselines.csv"
}

write_tables() {
  local kind
  {
    echo "# Results of \`$plan\`"
    echo
    echo "Written by \`Examples/experiments/run $plan\`, not by hand. Test images: $test_images. L1 is on a scale of -1 to 1:"
    echo 'twice that of pixels from 0 to 1. PSNR is averaged over the images with an error above 0. Where there are several'
    echo 'runs, a number is their mean, with the least and the greatest in parentheses.'
    for kind in ${tables//,/ }; do
      awk -v moments="${moments:-end}" -v early="$early" -f "$here/tables/common.awk" -f "$here/tables/$kind.awk" \
        "$out/baselines.csv" "$out/runs.csv" "$out/results.csv" ${keep_steps:+"$out/steps.csv"}
    done
  } | write_file "$out/tables.md"
  echo "$out/tables.md"
}

publish_results() {
  mkdir -p "$publish"
  cp "$out/tables.md" "$out"/{results,runs,baselines}.csv "$publish/"
  if [[ -n ${keep_steps:-} ]]; then cp "$out/steps.csv" "$publish/"; fi
  if compgen -G "$out/figures/*" >/dev/null; then cp "$out"/figures/* "$publish/"; fi
  echo "$publish: tables and figures"
}
