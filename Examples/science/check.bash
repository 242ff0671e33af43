#!/usr/bin/env bash
# What the true equations conserve is proved before any training; with one wrong coefficient it is refused, and the
# message shows what a round changes the sum by.
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
cajal2c=$here/../../bin/cajal2c
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failed=0
fail() { echo "check.bash: $*" >&2; failed=1; }

# proves NAME MODEL TEXT: `check` says TEXT of the model.
proves() {
  "$cajal2c" check "$here/$1/$1.cajal" | sed -n "/^model $2 /,/^\$/p" | grep -qF "$3" || fail "$1: not proved of $2: $3"
}

# refuses NAME CODE FROM TO TEXT: where the program has TO instead of FROM, the error shows TEXT.
refuses() {
  local text
  text=$(<"$here/$1/$1.cajal")
  [[ $text == *"$3"* ]] || { fail "$1 has no $3"; return; }
  printf '%s\n' "${text//"$3"/$4}" >"$scratch/$1.cajal"
  local status=0 said
  said=$("$cajal2c" check "$scratch/$1.cajal" 2>&1 >/dev/null) || status=$?
  [[ $status == 1 && $said == *"error[$2]"* && $said == *"$5"* ]] ||
    fail "$1 with $4: expected $2 with $5, exit code $status, found:"$'\n'"$said"
}

total='(proved for every parameter and every base)'
nonnegative='nonnegative where its base is'
proves pools budget "conserves y[0] + y[1] + y[2]   $total"
proves soil budget "conserves y[0] + y[1] + y[2] + y[3]   $total"
proves chain chain "conserves y[0] + y[1] + y[2] + y[3]   $total"
proves chain longer "conserves y[0] + y[1] + y[2] + y[3]   $total"
proves kinetics kinetics "conserves y[0] + y[1]   $total"
proves litter litter "conserves y[0] + y[1] + y[2] + y[3] + y[4]   $total"
proves sorption sorption "conserves y[0] + y[1] + y[2]   $total"
for each in 'pools pools' 'pools budget' 'moisture moisture' 'soil soil' 'soil budget' 'chain chain' 'kinetics kinetics' \
  'litter litter'; do
  proves ${each% *} ${each#* } "$nonnegative"
done

refuses pools E0222 'scale (1 - sigmoid a) lost' 'scale (0.9 - sigmoid a) lost' 'a round changes it by -0.003*y[0]'
refuses soil E0222 '0.8 * litter' '0.7 * litter' 'a round changes it by -0.1*f*g*y[0]'
refuses chain E0222 'scale (1 - g) b + c' 'scale (1 - g) b + 0.9 * c' 'a round changes it by -0.0025*y[2]'
refuses kinetics E0222 '[- flux, flux]' '[- flux, 0.99 * flux]' \
  'a round changes it by 0.0003*y[1] - 0.009*k*y[0]'
refuses litter E0222 'dot [1, 1, 1, 1] d' 'dot [1, 1, 1, 0.5] d' 'a round changes it by -1/30*f*h*y[3]*'
refuses sorption E0222 'entry 2 y + sorp' 'entry 2 y + 1.1 * sorp' \
  'a round changes it by 0.00525*y[1] + 0.00118125*k*y[0] - '

# What cannot be proved by the signs of factors, and what is then missing.
refuses decay E0223 'scale w c }' 'scale w c | nonnegative }' 'the factor of `c` is `w`'
refuses battery E0223 '  } (20)' '  | nonnegative } (20)' 'the factor of `y[0]` is `-0.025*g`'
refuses sorption E0223 '| conserves [1, 1, 1]' '| conserves [1, 1, 1] | nonnegative' \
  'the factor of `y[0]*y[2]` is `-0.0196875*k`'
# A rate that is not bounded may take more than there is.
refuses kinetics E0223 '3 * k' '4 * k' 'the factor of `y[0]` is `1 - 1.2*k`'

((failed == 0))
