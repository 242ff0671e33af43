#!/usr/bin/env bash
# build.bash FOLDER: what `make x.so` promises of compilers, flags and names, and the program of README.md, linked both
# ways. Run by `make test-build` in the project's root, after `make`.
set -euo pipefail

mkdir -p "$1"
folder=$(realpath "$1")
rm -rf "${folder:?}"/*
failures=0
fail() {
  echo "build: FAILED: $1" >&2
  failures=$((failures + 1))
}
# Of the environment, and of the make that runs this, nothing is handed on but what a test says.
made() { env -u MAKEFLAGS -u MAKELEVEL -u CC -u CFLAGS -u CAJALFLAGS PATH="$folder/tools:$PATH" make --no-print-directory "$@" >"$folder/said" 2>&1; }
expect_made() { made "$@" || { fail "make $*"; tail -n 5 "$folder/said" >&2; }; }
expect_said() { # TEXT: after a make that has to fail
  grep -qF -- "$1" "$folder/said" || { fail "make did not say: $1"; tail -n 5 "$folder/said" >&2; }
}
built() { grep -qE 'gcc|cajal2c' "$folder/said"; } # whether the last make compiled something
program() { # NAME: a file of this name in the folder
  mkdir -p "$(dirname "$folder/$1")"
  cp Examples/paper/flip.cajal "$folder/$1.cajal"
}
# Where the package manager is called, it does nothing but leave a note.
mkdir "$folder/tools"
printf '#!/bin/sh\necho "$*" >>%s/apt-called\nexit 1\n' "$folder" >"$folder/tools/apt-get"
chmod +x "$folder/tools/apt-get"
plain='-std=c11 -O0'

# ---- Other flags, or another compiler, build again: the module and its runtime ----

program x
expect_made "$folder/x.so" CFLAGS="$plain"
expect_made "$folder/x.so" CFLAGS="$plain"
built && fail 'the same flags built again'
rm -rf "build/runtime/$(printf 'gcc %s -DOTHER\n' "$plain" | cksum | tr ' ' -)"
expect_made "$folder/x.so" CFLAGS="$plain -DOTHER"
grep -q -- "-DOTHER .*x.c" "$folder/said" || fail 'other CFLAGS did not build the module again'
grep -q -- "-DOTHER .*product.c" "$folder/said" || fail 'other CFLAGS did not build a runtime of their own'
expect_made "$folder/x.so" CFLAGS="$plain"
grep -q 'x.so' "$folder/said" && ! grep -q 'product.c' "$folder/said" || fail 'the runtime of the first flags is gone'
ln -s "$(command -v gcc)" "$folder/tools/another-gcc"
expect_made "$folder/x.so" CFLAGS="$plain" CC=another-gcc
grep -q '^another-gcc .*x.c' "$folder/said" || fail 'another CC did not build the module again'
expect_made "$folder/x.so" CFLAGS="$plain" CC=another-gcc CAJALFLAGS='--emit-grad --real double'
grep -q 'double' "$folder/x.c" || fail 'other CAJALFLAGS did not compile again'
cp build/libcajal.a "$folder/before.a"
expect_made build/libcajal.a CFLAGS="$plain"
cmp -s "$folder/before.a" build/libcajal.a && fail 'build/libcajal.a is that of other flags'
expect_made build/libcajal.a
cmp -s "$folder/before.a" build/libcajal.a || fail 'build/libcajal.a did not become that of the default flags again'

# Two makes at once, with a runtime that neither finds.
program left
program right
old_machine=$plain
if [[ $(uname -m) = x86_64 ]]; then old_machine="$plain -march=x86-64"; fi
rm -rf "build/runtime/$(printf 'gcc %s -DAT_ONCE\n' "$old_machine" | cksum | tr ' ' -)"
for side in left right; do
  made "$folder/$side.so" CFLAGS="$old_machine -DAT_ONCE" CAJALFLAGS=--emit-grad &
done
for _ in left right; do wait -n || fail 'one of two makes at once failed'; done
if [[ $(uname -m) = x86_64 ]] && objdump -d "$folder/left.so" "$folder/right.so" | grep '%[yz]mm' >/dev/null; then
  fail '-march=x86-64 has instructions of a later processor'
fi

# ---- Compilers of several words, missing ones, and those of another machine ----

printf '#!/bin/sh\nexec "$@"\n' >"$folder/tools/launcher"
chmod +x "$folder/tools/launcher"
expect_made "$folder/x.so" CFLAGS="$plain" CC='launcher gcc -pipe' CAJALFLAGS='--emit-grad'
made "$folder/x.so" CFLAGS="$plain" CC=no-such-gcc && fail 'a missing compiler built something'
expect_said 'no-such-gcc'
made need-libopenblas-dev CC=no-such-gcc && fail 'a missing compiler has OpenBLAS'
expect_said 'The C compiler is missing: no-such-gcc'
made need-libopenblas-dev CFLAGS=-no-such-flag && fail 'a compiler that refuses its flags has OpenBLAS'
expect_said 'The C compiler does not run: gcc -no-such-flag'
made "$folder/x.so" CFLAGS="$plain -ffast-math" && fail '-ffast-math was taken'
expect_said 'without -ffast-math'
# A compiler that sees no header of this machine, as those for other ones do.
printf '#!/bin/sh\ncase "$*" in *-E*) exec gcc -nostdinc "$@" ;; esac\nexec gcc "$@"\n' >"$folder/tools/foreign-gcc"
chmod +x "$folder/tools/foreign-gcc"
expect_made "$folder/x.so" CFLAGS="$plain" CC=foreign-gcc CAJALFLAGS='--emit-grad --blas none'
if dpkg-query -W libopenblas-dev >/dev/null 2>&1; then
  made "$folder/x.so" CFLAGS="$plain" CC=foreign-gcc CAJALFLAGS=--emit-grad && fail 'OpenBLAS without its header'
  expect_said 'libopenblas-dev is installed, but foreign-gcc -std=c11 -O0 does not find its header'
fi
[[ ! -e $folder/apt-called ]] || fail "apt-get was called for what it cannot help: $(cat "$folder/apt-called")"

# ---- Names ----

for name in "it's" 'a folder/x' "a folder's/x" 'do$lar' 'a#b' 'c:d' 'p%q' 'a&b' '(p)' 'a[1]' 'a,b' 'a;b'; do
  program "$name"
  expect_made "$folder/$name.so" CFLAGS="$plain" CAJALFLAGS='--emit-grad --blas none'
  [[ -e $folder/$name.so ]] || fail "'$name' was not built"
  expect_made "$folder/$name.so" CFLAGS="$plain" CAJALFLAGS='--emit-grad --blas none'
  built && fail "'$name' was built twice"
  echo 'program added (x : Bool) : Bool = x' >>"$folder/$name.cajal"
  expect_made "$folder/$name.so" CFLAGS="$plain" CAJALFLAGS='--emit-grad --blas none'
  grep -q added "$folder/$name.h" || fail "'$name' was not built again after a change"
done
program 'a space'
made "$folder/a space.so" && fail "a file with a space in its name was built"
expect_said "its name has a space"
made "$folder/none.so" && fail 'a file that is not there was built'
expect_said "there is no '$folder/none.cajal'"

# ---- The program of README.md ----

awk '/^```c$/ { inside = 1; block = ""; next } /^```$/ { if (inside && block ~ /int main/) printf "%s", block; inside = 0 }
  inside { block = block $0 "\n" }' README.md >"$folder/client.c"
awk '/^```text$/ { inside = 1; next } /^```$/ { if (inside) exit } inside' README.md >"$folder/expected"
grep '^gcc .* client.c ' README.md >"$folder/commands"
[[ $(wc -l <"$folder/commands") = 2 ]] || fail 'README.md does not link its program in two ways'
expect_made Examples/paper/flip.so build/libcajal.a
while read -r command; do
  command=${command/ client.c / "'$folder/client.c'" }
  eval "${command/%-o client/-o "'$folder/client'"}" || fail "README.md: $command"
  "$folder/client" >"$folder/printed" || fail "README.md's program fails: $command"
  diff "$folder/expected" "$folder/printed" >&2 || fail "README.md's program prints something else: $command"
done <"$folder/commands"

if [[ $failures != 0 ]]; then exit 1; fi
echo 'build: passed'
