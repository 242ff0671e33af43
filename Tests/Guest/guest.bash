#!/bin/bash
# A compiled module as a guest in somebody's process: what its shared object exports, needs and holds; two versions of
# it in one process; bad arguments; threads; and its stack. guest.bash FOLDER, which is made anew.
set -e -o pipefail
cd "$(dirname "$0")/../.."
folder=$1
: "${CC:=gcc}"
flags=(-std=c11 -Wall -Wextra -Wpedantic -Werror -IRuntime/include -ITests/Guest)
rm -rf "$folder"
mkdir -p "$folder"
failed=0
fail() { echo "guest: $*" >&2; failed=1; }

compilers=("$CC")
[ "$CC" != gcc ] || ! command -v clang >/dev/null || compilers+=(clang)

# ---- The object, as `make x.so` makes it ----

# What a module may need of others.
needed='^(memcpy|memset|memmove|expf?|tanhf?|log1pf?|fabsf?|sqrtf?|expm1f?|logf?|sinf?|cosf?|pow|strcmp|ldexpf?|frexpf?|cblas_[sd]gemm'
needed+='|openblas_get_corename|__cxa_finalize|__gmon_start__|_ITM_(de)?registerTMCloneTable)$'

check_object() { # MODULE, without .so
  local object=$1.so declared exported other held
  declared=$(grep -oE '[a-z_0-9]+\(' "$1.h" | grep -E '^'"$(basename "$1")"'_' | tr -d '(' | sort; echo cajal_module_info)
  exported=$(nm -D --defined-only "$object" | awk '{ print $3 }' | sort)
  [ "$(sort <<<"$declared")" = "$exported" ] || fail "$object exports" "$exported" "instead of" "$declared"
  other=$(nm -D --undefined-only "$object" | awk '{ print $NF }' | sed 's/@.*//' | grep -vE "$needed" || true)
  [ -z "$other" ] || fail "$object needs" "$other"
  # Beside what the C compiler's start files hold.
  held=$(objdump -t "$object" | grep -E '	' | grep -E ' \.(data|bss|tdata|tbss)	' |
    grep -vE ' (\.data|\.bss|completed\.0|__dso_handle|__TMC_END__|_edata|_end|__bss_start|__data_start)$' || true)
  [ -z "$held" ] || fail "$object holds what can be written:" "$held"
  readelf -lW "$object" | grep -E 'GNU_STACK +.* RW +' >/dev/null || fail "the stack of $object is executable"
  ! readelf -dW "$object" | grep TEXTREL >/dev/null || fail "$object has text relocations"
}

# Of no object, so that no link of somebody else's has it either.
check_stack_notes() { # ARCHIVE OR OBJECT
  readelf -SW "$1" | awk -v of="$1" '
    /^File: / { if (file && !note) print file; file = $2; note = 0 }
    /\.note\.GNU-stack/ { note = 1; if ($0 ~ /PROGBITS.* [A-Z]*X[A-Z]* /) print "executable: " file }
    END { if (!note) print file ? file : of }'
}

modules=()
for flag in '--real float --blas openblas' '--real double --blas none' '--real float --blas none --check-finite' \
  '--real double --blas openblas --no-grad'; do
  module=$folder/object$((${#modules[@]} + 1))
  cp Tests/Guest/guest_module.cajal "$module.cajal"
  grad=--emit-grad
  case $flag in *--no-grad) grad= flag=${flag% --no-grad} ;; esac
  make --no-print-directory -s "$module.so" CC="$CC" CAJALFLAGS="$grad $flag" 2>"$folder/log" || { cat "$folder/log"; exit 1; }
  check_object "$module"
  modules+=("$module")
done
notes=$(check_stack_notes build/libcajal.a)
[ -z "$notes" ] || fail "no .note.GNU-stack: $notes"

# ---- Bad arguments ----

"$CC" "${flags[@]}" -O1 Tests/Guest/arguments.c -o "$folder/arguments"
for module in "${modules[@]}"; do "$folder/arguments" "$module.so" || fail "bad arguments of $module"; done

# ---- Two versions in one process ----

for size in 6 70; do
  mkdir -p "$folder/$size"
  sed "s/SIZE/$size/g" Tests/Guest/two.cajal >"$folder/$size/two.cajal"
done
# As make links it, and as somebody may who knows nothing of visibility.
for compiler in "${compilers[@]}"; do
  rm -rf "$folder/runtime" && mkdir "$folder/runtime"
  root=$PWD
  (cd "$folder/runtime" &&
    "$compiler" -std=c11 -O1 -fPIC -DCAJAL_SHARED_OBJECT -I"$root/Runtime/include" -c "$root"/Runtime/src/*.c)
  for size in 6 70; do
    make --no-print-directory -s "$folder/$size/two.so" CC="$compiler" CAJALFLAGS='--emit-grad --blas none' CFLAGS='-std=c11 -O1'
    "$compiler" -std=c11 -O1 -fPIC -shared -DCAJAL_SHARED_OBJECT -IRuntime/include "$folder/$size/two.c" \
      "$folder/runtime"/*.o -lm -o "$folder/$size/plain.so"
  done
  "$compiler" "${flags[@]}" Tests/Guest/two.c -o "$folder/two" -ldl
  for object in two plain; do
    "$compiler" "${flags[@]}" -DLINKED -I"$folder/6" Tests/Guest/two.c -o "$folder/linked" "$folder/6/$object.so" -ldl \
      -Wl,-rpath,"$PWD/$folder/6"
    small=$("$folder/two" "$folder/6/$object.so") large=$("$folder/two" "$folder/70/$object.so")
    [ "$small" != "$large" ] || fail "the two versions are one"
    [ "$("$folder/two" "$folder/6/$object.so" "$folder/70/$object.so")" = "$small"$'\n'"$large" ] ||
      fail "$compiler, $object.so: a version answers for the other one that was loaded before it"
    [ "$("$folder/linked" "$folder/70/$object.so")" = "$(grep -v ^two_p <<<"$small")"$'\n'"$large" ] ||
      fail "$compiler, $object.so: a version answers for the other one that is linked"
  done
done

# ---- Threads ----

cp Tests/Guest/guest_module.cajal "$folder/guest_module.cajal"
bin/cajal2c --emit-grad --blas none "$folder/guest_module.cajal" -o "$folder/guest_module.c" 2>/dev/null
"$CC" "${flags[@]}" -O1 -g -fsanitize=thread -pthread -I"$folder" Tests/Guest/threads.c "$folder/guest_module.c" Runtime/src/*.c \
  -lm -o "$folder/threads"
"$folder/threads" || fail "threads disturb each other"

# ---- The stack ----

# No frame is above 16 kB, of the kernels and of what is emitted.
for compiler in "${compilers[@]}"; do
  for source in Runtime/src/*.c "${modules[0]}.c" "${modules[1]}.c" "$folder/guest_module.c"; do
    "$compiler" -std=c11 -O3 -march=native -ffp-contract=fast -DCAJAL_BLAS -DCAJAL_SHARED_OBJECT -fPIC -fvisibility=hidden \
      -IRuntime/include -fstack-usage -c "$source" -o "$folder/frames.$(basename "$source" .c).o"
  done
  largest=$(cat "$folder"/frames.*.su | sort -t $'\t' -k 2 -rn | sed -n 1p)
  [ -n "$largest" ] || fail "$compiler says nothing of the stack"
  awk -F '\t' -v compiler="$compiler" '{ print compiler ": the largest frame has " $2 " bytes: " $1; exit $2 > 16384 }' \
    <<<"$largest" || fail "a frame above 16 kB"
  rm "$folder"/frames.*
done
# 32 kB are enough for a thread.
"$CC" "${flags[@]}" -O1 Tests/Guest/stack.c -o "$folder/stack" -pthread
for module in "${modules[1]}" "${modules[2]}"; do
  "$folder/stack" "$module.so" 32768 1 4 64 || fail "$module needs more stack than 32 kB"
done
# OpenBLAS has its own ways: said, not promised.
echo 'with OpenBLAS:' && "$folder/stack" "${modules[0]}.so" 1048576 1 64 | tail -1
exit $failed
