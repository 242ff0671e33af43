# What the faults have in common.

failures=0
fail() {
  echo "faults: FAILED: $1" >&2
  failures=$((failures + 1))
}
row() { printf '| %s | %s | %s |\n' "$1" "$2" "$3"; }

# Milliseconds since some moment.
now() { echo $((${EPOCHREALTIME/[.,]/} / 1000)); }
# The numbers of one byte, a line each, of standard input.
bytes() { printf '%b' "$(awk '{ printf "\\0%03o", $1 }')"; }

random_numbers() { awk -v n="$1" -v below="$2" 'BEGIN { srand(1); while (n--) print int(below * rand()) }'; }

header() { awk -v values="$*" 'BEGIN {
  split(values, list, " ")
  print 0; print 0; print 8; print list[1]
  for (i = 2; i in list; i++) { print 0; print 0; print int(list[i] / 256); print list[i] % 256 }
}'; }

dataset() { # FOLDER TRAIN TEST ROWS COLUMNS: MNIST's four files with random images
  local prefix count
  mkdir -p "$1"
  for prefix in train t10k; do
    count=$2
    if [[ $prefix = t10k ]]; then count=$3; fi
    { header 3 "$count" "$4" "$5"; random_numbers $((count * $4 * $5)) 256; } |
      bytes >"$1/$prefix-images-idx3-ubyte"
    { header 1 "$count"; random_numbers "$count" 10; } |
      bytes >"$1/$prefix-labels-idx1-ubyte"
  done
}

build() { # NAME FLAG...: the models of Tests/Models/models.c for images of 4 by 3
  local name=$1
  shift
  gcc -std=gnu11 -O1 -fPIC -shared -I"$root/Runtime/include" -DINPUTS=12 -DOUTPUTS=12 -DINPUT_RANK=2 -DOUTPUT_RANK=2 \
    '-DINPUT_DIMS={4,3}' '-DOUTPUT_DIMS={4,3}' "$@" "$root/Tests/Models/models.c" -o "$folder/$name.so" -lm
}

# The command line of a run, in `command`: 300 steps with an evaluation every 50.
steps=300
run_of() { # REAL RUN EVERY [FLAG...]
  command=("$trainer" "$folder/$1.so" --model network --data "$folder/data" --task blur --batch 6 --steps "$steps"
    --eval-every 50 --eval-at 7 --clip 0.2 --lr 0.01 --checkpoint-every "$3" --threads 2 --out "$2" --resume "${@:4}")
}

unbroken() { # REAL
  run_of "$1" "$folder/unbroken-$1" 1
  "${command[@]}" >/dev/null
}

equal() { # RUN REAL: whether all of a run that is finished is as without a break, the seconds apart
  local whole=$folder/unbroken-$2
  cmp -s "$1/model.safetensors" "$whole/model.safetensors" && cmp -s "$1/steps.csv" "$whole/steps.csv" &&
    cmp -s <(cut -d, -f1-14 "$1/metrics.csv") <(cut -d, -f1-14 "$whole/metrics.csv")
}

checkpoint_step() { # RUN
  head -c 2000 "$1/checkpoint.safetensors" | grep -a -o '"step":"[0-9]*"' | head -n 1 | tr -dc 0-9
}
