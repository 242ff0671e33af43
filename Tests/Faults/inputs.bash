# Data, weights and modules that are not what they should be.

refused=0
refuses() { # WHAT NAME COMMAND...: exit code 1, a message with NAME, and no run's folder
  local what=$1 name=$2 code=0
  shift 2
  "$@" >"$folder/said" 2>"$folder/log" || code=$?
  refused=$((refused + 1))
  [[ $code = 1 && ! -s $folder/said ]] || fail "$what: exit code $code: $(cat "$folder/log")"
  grep -qF -- "$name" "$folder/log" || fail "$what: no word of $name: $(cat "$folder/log")"
  [[ ! -e $folder/none ]] || fail "$what: a run's folder is left"
}

every_length() { # PATH STEP COMMAND...: cuts a file at every STEP-th length
  local path=$1 step=$2 size length
  shift 2
  size=$(stat -c %s "$path")
  cp "$path" "$folder/whole"
  for ((length = (size - 1) / step * step; length >= 0; length -= step)); do
    truncate -s "$length" "$path"
    refuses "$path cut to $length bytes" "$path" "$@"
  done
  cp "$folder/whole" "$path"
}

truncated_files() {
  local small=$folder/small name step=1 command
  dataset "$small" 3 3 4 3
  command=("$trainer" "$folder/float.so" --model network --task blur --data "$small" --steps 1 --out "$folder/none")
  for name in train-images-idx3 train-labels-idx1 t10k-images-idx3 t10k-labels-idx1; do
    every_length "$small/$name-ubyte" 1 "${command[@]}"
    gzip -n "$small/$name-ubyte"
    every_length "$small/$name-ubyte.gz" 1 "${command[@]}"
  done
  row 'each of the four files of images, plain and compressed, cut at every length' "$refused" \
    'exit code 1, the message names the file, no folder of a run is left'
  refused=0
  cp "$folder/unbroken-float/model.safetensors" "$folder/start.safetensors"
  every_length "$folder/start.safetensors" 1 "${command[@]}" --weights "$folder/start.safetensors"
  row 'weights, cut at every length' "$refused" 'the same'
  refused=0
  cp -r "$folder/unbroken-double" "$folder/half"
  cksum "$folder"/half/*.csv >"$folder/before"
  steps=301
  run_of double "$folder/half" 10
  steps=300
  every_length "$folder/half/checkpoint.safetensors" 1 "${command[@]}"
  cksum "$folder"/half/*.csv | cmp -s - "$folder/before" || fail 'a table was changed beside a checkpoint that is cut'
  row 'a checkpoint, cut at every length, with `--resume`' "$refused" \
    'exit code 1, the message names the file, the tables are as they were'
  refused=0
  cp "$folder/float.so" "$folder/cut.so"
  every_length "$folder/cut.so" 16 "$trainer" "$folder/cut.so" --model network --task blur --data "$small" --steps 1 \
    --out "$folder/none"
  row 'a module, cut at every 16th length' "$refused" 'exit code 1, the message names it, no folder of a run is left'
}

other_modules() {
  local file command=("$trainer" --task blur --data "$folder/data" --steps 1 --out "$folder/none")
  refused=0
  build abi -DDAMAGE=1
  refuses 'another interface' 'of the interface' "${command[@]}" "$folder/abi.so"
  echo 'int x;' >"$folder/other.c"
  gcc -shared -fPIC "$folder/other.c" -o "$folder/other.so"
  refuses 'a library that is no module' 'is no Cajal module' "${command[@]}" "$folder/other.so"
  : >"$folder/empty.so"
  echo 'no library' >"$folder/text.so"
  mkdir -p "$folder/folder.so"
  for file in empty.so text.so folder.so missing.so; do
    refuses "$file" "cannot load the model: $folder/$file" "${command[@]}" "$folder/$file"
  done
  run_of double "$folder/unbroken-float" 10
  cksum "$folder"/unbroken-float/* >"$folder/before"
  refuses 'another real type with --resume' 'real was float and is double' "${command[@]}"
  cksum "$folder"/unbroken-float/* | cmp -s - "$folder/before" || fail 'a run was changed by a module of another type'
  local kinds='a module of another interface, of another real type than the run that is resumed'
  row "$kinds, a library that is no module, an empty file, a text, a folder, nothing" "$refused" \
    'exit code 1, the message says which; the run that is resumed is as it was'
}
