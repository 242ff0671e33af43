# For the `run` of each example: it sets `here`, reads this file, and calls `options "$@"`.
root=$(cd "$here/../../.." && pwd)
name=${here##*/}

# --full, --publish, --out DIR, --data DIR, --threads N; the defaults are small.
options() {
  full= publish= out=$root/build/data/$name data=/usr/share/datasets/fashion-mnist threads=2
  while (($#)); do
    case $1 in
      --full) full=1 ;;
      --publish) publish=$here/results ;;
      --out | --data | --threads)
        (($# > 1)) || { echo "run: $1 takes a value" >&2; exit 2; }
        declare -g "${1#--}=$2"
        shift ;;
      --help)
        echo "usage: run [--full] [--publish] [--out DIR] [--data DIR] [--threads N]"
        echo "--publish copies the table and the figure into the example's folder results"
        exit 0 ;;
      *) echo "run: unknown option $1; see run --help" >&2; exit 2 ;;
    esac
    shift
  done
  mkdir -p "$out"
  out=$(cd "$out" && pwd)
  make -s -C "$root" bin/cajal2c bin/cajal-train
}

# present FUNCTION: what the function prints is the table; it writes points.csv, which figure.gp draws.
present() {
  "$1" | tee "$out/table.txt"
  draw
  [[ $publish ]] || return 0
  mkdir -p "$publish"
  cp "$out"/{table.txt,points.csv} "$publish/"
  if [[ -s $out/figure.svg ]]; then cp "$out"/figure.{svg,png} "$publish/"; fi
}

# The figure, as SVG and PNG, in the style of those of the experiments.
draw() {
  rm -f "$out"/figure.{svg,png}
  command -v gnuplot >/dev/null || {
    echo 'run: no figure: gnuplot is missing (make need-gnuplot-nox installs it)' >&2
    return 0
  }
  local format
  for format in png svg; do
    gnuplot -e "folder = '$root/Examples/experiments/figures'; points = '$out/points.csv'; format = '$format'; \
      output_file = '$out/figure.$format'" "$here/figure.gp"
  done
  sed -i 's/font-family="DejaVu Sans"/font-family="DejaVu Sans, Verdana, Helvetica, sans-serif"/g' "$out/figure.svg"
}

# module [FLAGS]: the example's shared object, with gradients.
module() {
  make -s -C "$root" "Examples/data/$name/$name.so" ${1:+CAJALFLAGS="$1"}
}

# learn MODEL RUN OPTIONS...: trains from the beginning, quietly; the log is beside the run.
learn() {
  local model=$1 run=$2
  shift 2
  rm -rf "$out/$run"
  "$root/bin/cajal-train" "$here/$name.so" --model "$model" --threads "$threads" --out "$out/$run" "$@" \
    > "$out/$run.log" 2>&1 || { tail -5 "$out/$run.log" >&2; exit 1; }
}

# measure COLUMN MODEL RUN OPTIONS...: one measure of the run's weights. With `object`, in another module with such nets.
measure() {
  local column=$1 model=$2 run=$3
  shift 3
  "$root/bin/cajal-train" evaluate "${object:-$here/$name.so}" --model "$model" --threads "$threads" \
    --weights "$out/$run/model.safetensors" "$@" |
    awk -F, -v column="$column" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == column) at = i } NR == 2 { print $at }'
}

# seconds RUN: what training took.
seconds() { tail -1 "$out/$1/metrics.csv" | awk -F, '{ print $NF }'; }
