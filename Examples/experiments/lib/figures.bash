# Figures, by gnuplot, as PNG and SVG.

draw_figures() {
  if [[ -z $figures ]]; then return; fi
  if ! command -v gnuplot >/dev/null; then
    echo 'run: no figures: gnuplot is missing (make need-gnuplot-nox installs it)' >&2
    return
  fi
  rm -rf "$out/figures"
  mkdir -p "$out/figures"
  local kind
  for kind in ${figures//,/ }; do "figure_$kind"; done
  echo "$out/figures: $(cd "$out/figures" && echo *.png)"
}

# NAME SCRIPT [VARIABLE=TEXT]...: a figure, in both formats.
draw() {
  local name=$1 script=$2 format settings='' pair
  shift 2
  for pair in "$@" "folder=$here/figures" "results=$out/results.csv" "baselines=$out/baselines.csv"; do
    settings+="${pair%%=*} = '${pair#*=}'; "
  done
  for format in png svg; do
    gnuplot -e "${settings}format = '$format'; output_file = '$out/figures/$name.$format'" "$here/figures/$script.gp" ||
      fail "gnuplot could not draw $name"
  done
  # Fonts for where gnuplot's is missing, and pixels that stay pixels.
  sed -i -e 's/font-family="DejaVu Sans"/font-family="DejaVu Sans, Verdana, Helvetica, sans-serif"/g' \
    -e "s/preserveAspectRatio='none'/& style='image-rendering: pixelated'/" "$out/figures/$name.svg"
}

# The values of a column of results.csv, in their order, of one experiment and transform, on one line.
values_of() {
  awk -F, -v experiment="$1" -v transform="$2" -v name="$3" '
    NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
    $1 == experiment && $2 == transform && !seen[$at[name]]++ { printf "%s%s", separator, $at[name]; separator = " " }
  ' "$out/results.csv"
}

# The experiments with their transforms that there are results and baselines of: "iterative blur". A folder may hold
# results of more transforms than this command is about.
subjects() {
  awk -F, 'FNR == 1 { next } NR == FNR { known[$1, $2]; next } ($1, $2) in known && !seen[$1, $2]++ { print $1, $2 }' \
    "$out/baselines.csv" "$out/results.csv"
}

figure_dynamics() {
  local experiment transform
  while read -r experiment transform; do
    draw "$(title_of "$experiment" "$transform")-dynamics" dynamics "experiment=$experiment" "transform=$transform" \
      "models=$(values_of "$experiment" "$transform" model)" "early=$early"
  done < <(subjects)
}

figure_summary() {
  local experiment transform when
  while read -r experiment transform; do
    when=end
    if values_of "$experiment" "$transform" step | grep -qw "$early"; then when="$early end"; fi
    draw "$(title_of "$experiment" "$transform")-summary" summary "experiment=$experiment" "transform=$transform" \
      "models=$(values_of "$experiment" "$transform" model)" "moments=$when"
  done < <(subjects)
}

figure_logic() { draw logic logic "models=$(values_of xor - model)"; }

# iterative-blur, or xor
title_of() { if [[ $2 = - ]]; then echo "$1"; else echo "$1-$2"; fi; }

# Outputs of one run of each model: the first seed of the first configuration.
figure_outputs() {
  local i step file title folder steps
  local -A model_names=() model_runs=() subject=()
  for i in "${!runs[@]}"; do
    folder=${folders[i]} title=${titles[i]}
    [[ -f $folder/snapshots/target.npy ]] || continue
    # shellcheck disable=SC2086 # fields
    set -- ${runs[i]}
    case " ${model_names[$title]:-} " in *" $3 "*) continue ;; esac
    subject[$title]="$1 $2"
    model_names[$title]="${model_names[$title]:-}${model_names[$title]:+ }$3"
    model_runs[$title]="${model_runs[$title]:-}${model_runs[$title]:+ }$folder"
  done
  for title in "${!subject[@]}"; do
    steps=''
    for step in ${snapshots//,/ }; do
      for folder in ${model_runs[$title]}; do
        if [[ ! -f $folder/snapshots/$step.npy ]]; then continue 2; fi
      done
      steps+="${steps:+ }$step"
    done
    # 3136 bytes an image of floats, after 128 of the file's header.
    file=${model_runs[$title]%% *}/snapshots/target.npy
    draw "$title-outputs" outputs "experiment=${subject[$title]% *}" "transform=${subject[$title]#* }" \
      "models=${model_names[$title]}" "runs=${model_runs[$title]}" "steps=$steps" \
      "images=$((($(stat -c %s "$file") - 128) / 3136))"
  done
}

figure_bounded() {
  local experiment transform
  while read -r experiment transform; do
    draw "$(title_of "$experiment" "$transform")-bounded" bounded "experiment=$experiment" "transform=$transform" \
      "models=$(values_of "$experiment" "$transform" model)" "steps_table=$out/steps.csv"
  done < <(subjects)
}

figure_efficiency() {
  local experiment transform
  while read -r experiment transform; do
    draw "$(title_of "$experiment" "$transform")-efficiency" efficiency "experiment=$experiment" \
      "transform=$transform" "models=$(values_of "$experiment" "$transform" model)" all_images=60000
  done < <(subjects)
}
