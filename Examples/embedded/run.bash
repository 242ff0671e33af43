#!/usr/bin/env bash
# run.bash [FOLDER]: the two programs as single files on a Cortex-M4 in QEMU, compared with the host, and what they take
# of memory. Asks for arm-none-eabi-gcc and qemu-system-arm: apt-get install gcc-arm-none-eabi libnewlib-arm-none-eabi
# qemu-system-arm. Builds into FOLDER, by default build/embedded.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
here=Examples/embedded folder=${1:-build/embedded}
for tool in arm-none-eabi-gcc qemu-system-arm; do
  command -v $tool >/dev/null || { echo "Examples/embedded: skipped: no $tool"; exit 0; }
done
mkdir -p "$folder"

for program in cart denoise; do
  bin/cajal2c $here/$program.cajal --emit single --emit-grad -o "$folder/$program.c"
done

warnings='-std=c11 -Wall -Wextra -Wpedantic -Werror'
cortex='-mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16'
# shellcheck disable=SC2086 # several words
device() { arm-none-eabi-gcc $cortex $warnings -Os -ffreestanding -ffunction-sections -fdata-sections -I"$folder" "$@"; }

for program in cart denoise; do device -c "$folder/$program.c" -o "$folder/$program.o"; done
device -nostartfiles -Wl,--gc-sections -T $here/device.ld $here/device.c $here/work.c "$folder"/{cart,denoise}.o \
  -o "$folder/device.elf" -lm
# shellcheck disable=SC2086
gcc $warnings -O2 -I"$folder" $here/host.c $here/work.c "$folder"/{cart,denoise}.c -o "$folder/host" -lm

qemu-system-arm -M mps2-an386 -nographic -monitor none -serial none \
  -semihosting-config enable=on,target=native -kernel "$folder/device.elf" >"$folder/device.txt" 2>&1
"$folder/host" <"$folder/device.txt"

# What a device needs that calls one function of a sample, of the whole module and of the library that is named.
bytes() {
  local program=$1 library=$2 call=$3
  printf '#include "%s.h"\nextern float *p[];\nvoid reset(void);\nvoid reset(void) { (void)%s; }\n' "$program" "$call" \
    >"$folder/one.c"
  device -nostartfiles -Wl,--gc-sections,--defsym=p=0x20000000 -Wl,-e,reset "$folder/one.c" "$folder/$program.o" \
    -o "$folder/one.elf" "$library"
  printf '| `%s` | %s |\n' "${call%%(*}" "$(arm-none-eabi-size "$folder/one.elf" | awk 'NR == 2 { print $1 }')"
}
stack=$(awk 'found { print $1; exit } $1 == "stack" { found = 1 }' "$folder/device.txt")
echo
echo '| function | code and constants, bytes |'
echo '|---|---:|'
bytes cart -nostdlib 'cart_cart_one(p[0], p[1], p[2], p[3])'
bytes cart -nostdlib 'cart_cart_one_with_gradient(p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7])'
bytes denoise -lm 'denoise_denoise_one(p[0], p[1], p[2], p[3])'
bytes denoise -lm 'denoise_denoise_one_with_gradient(p[0], p[1], p[2], p[3], p[4], p[5], p[6])'
bound=$(grep -ho 'ONE_STACK_BYTES [0-9]*' "$folder"/{cart,denoise}.h | awk '$2 > most { most = $2 } END { print most }')
echo "deepest stack of all that ran: $((16#$stack)) bytes; the headers say at most $bound"
[ $((16#$stack)) -le "$bound" ] || exit 1
