# Sourced by what times the modules of two builders in pairs, in turn. A builder is a folder with Makefile, Runtime, .ci
# and bin/cajal2c, copied from a checkout. Wants in $folder a place for its files; the caller removes it.

# builder CHECKOUT FOLDER: copies of what builds modules.
builder() {
  mkdir -p "$2/bin"
  cp -r "$1/Makefile" "$1/Runtime" "$1/.ci" "$2"
  cp "$1/bin/cajal2c" "$2/bin"
}

# build_module BUILDER FILE FLAGS: FILE as `make x.so` makes it there.
build_module() {
  local name
  name=$(basename "$2" .cajal)
  cp "$2" "$1/$name.cajal"
  make --no-print-directory -o bin/cajal2c -C "$1" "$name.so" CAJALFLAGS="$3" >"$folder/log" 2>&1 || {
    tail -n 20 "$folder/log" >&2
    return 1
  }
}

median() { sort -g | awk '{ value[NR] = $1 } END { print value[int((NR + 1) / 2)] }'; }

# time_modules FIRST SECOND NAME BATCH PAIRS: a line for every program and model: microseconds of the first, forward, and
# forward and backward, and the medians of its ratios to the second. They are appended to $folder/rows.
time_modules() {
  local first=$1 second=$2 name=$3 batch=$4 pairs=$5 pair order of_which program
  [ -x "$folder/time_module" ] ||
    gcc -std=c11 -O2 -Wall -Wextra -Wpedantic -IRuntime/include Benchmarks/time_module.c -o "$folder/time_module" -ldl
  for ((pair = 0; pair < pairs; pair++)); do
    order="$first $second"
    ((pair % 2)) && order="$second $first"
    for of_which in $order; do
      "$folder/time_module" "$of_which/$name.so" "$batch" 101 >"$of_which.times"
    done
    paste -d ' ' "$first.times" "$second.times"
  done >"$folder/pairs"
  # Name, horizon, batch, forward and both of the one, then of the other.
  of() { awk -v program="$program" "\$1 == program { print $1 }" "$folder/pairs" | median; }
  for program in $(cut -d ' ' -f 1 "$folder/pairs" | awk '!seen[$0]++'); do
    printf '%-34s %12.2f %12.2f %10.3f %10.3f\n' "$name $program" "$(of '$4')" "$(of '$5')" \
      "$(of '$4 / $9')" "$(of '$5 / $10')"
  done | tee -a "$folder/rows"
}

# head_of_times TEXT, and after all rows mean_of_times.
head_of_times() { printf '%-34s %12s %12s %10s %10s\n' "$1" 'forward us' 'both us' 'forward' 'both'; }
mean_of_times() {
  awk '{ for (i = 5; i <= 6; i++) { logs += log($i); if ($i > most) { most = $i; where = $1 " " $2 } } }
    END { if (NR) printf "%d programs: mean %.3f, most %.3f (%s)\n", NR, exp(logs / (2 * NR)), most, where }' "$folder/rows"
}
