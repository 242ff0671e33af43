#!/usr/bin/env bash
# verify.bash FOLDER: `make x.so VERIFY=1`, from the project's folder: an object that agrees is there, one that does not
# is not, and what was there before is as it was.
set -euo pipefail

folder=$1
rm -rf "$folder"
mkdir -p "$folder"
fail() {
  echo "make verify: FAILED: $1" >&2
  exit 1
}

# A program with flags of its own, and an experiment's type-preserving model (by its name) with weights.
echo 'program twice (x : Real[2]) : Real[2] = x + x' >"$folder/p.cajal"
cat >"$folder/t.cajal" <<'EOF'
horizon 2
net steps (x : Real[1]) : Nat = dense
model t (x : Real[1]) : Real[1] = iter { x | y => y } (steps x)
EOF
python3 - "$folder/t.safetensors" <<'EOF'
import json, struct, sys
shapes = {"steps.0.weight": [2, 1], "steps.0.bias": [2], "t.weight": [1, 1, 2]}
head = json.dumps({name: {"dtype": "F32", "shape": shape, "data_offsets": [8 * i, 8 * i + 8]}
                   for i, (name, shape) in enumerate(shapes.items())}).encode()
with open(sys.argv[1], "wb") as file:
    file.write(struct.pack("<Q", len(head)) + head + struct.pack("<6f", *(i / 4 for i in range(6))))
EOF

verify() { # FILE FLAGS
  make "$folder/$1.so" VERIFY=1 EXPERIMENTS=1 CAJALFLAGS="$2" >"$folder/$1.log" 2>&1
}

verify p '--emit-grad --real double --blas none' || fail "a sound program: $(cat "$folder/p.log")"
grep -q '^twice: agrees$' "$folder/p.log" || fail 'no report'
verify t '--emit-grad' || fail "a sound model: $(cat "$folder/t.log")"
grep -q '^t: agrees$' "$folder/t.log" || fail 'no report of the model'

# The generated C is changed, and newer than what it was made from.
cp "$folder/p.so" "$folder/before"
sed -i '0,/return CAJAL_OK;/s//((real *)out)[0] += 1; return CAJAL_OK;/' "$folder/p.c"
touch "$folder/p.c" "$folder/p.h"
if verify p '--emit-grad --real double --blas none'; then fail 'a wrong object passed'; fi
grep -q '^twice: DISAGREES$' "$folder/p.log" || fail "it failed otherwise: $(cat "$folder/p.log")"
cmp -s "$folder/p.so" "$folder/before" || fail 'the object of before was touched'
[[ -z $(find "$folder" -name '*.unverified*') ]] || fail 'the wrong object is still there'
rm "$folder/p.so"
if verify p '--emit-grad --real double --blas none'; then fail 'a wrong object passed the second time'; fi
[[ ! -e $folder/p.so ]] || fail 'a wrong object is there'
