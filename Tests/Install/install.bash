#!/usr/bin/env bash
# install.bash: what `make install` puts somewhere is complete, knows no place, and is enough to build the programs of
# docs/cmake.md and docs/swift-package.md by CMake, pkg-config, SwiftPM and hand, in a folder without this project. Run by
# `make test-install` in the project's root, after `make`.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
source Tests/Install/support.bash
mkdir -p "$home" "$work/quoted"
prefix=$home/.local
[[ ${#hidden[@]} = 0 ]] || clean "$work" test ! -e "$root/Makefile" || fail 'the project is not hidden'

# ---- What is there ----

made install PREFIX=/opt/a\ b DESTDIR="$work/stage" >"$work/said" 2>&1 || { cat "$work/said" >&2; exit 1; }
others=$(find "$work/stage" ! -type d ! -path "$work/stage/opt/a b/*")
[[ -z $others ]] || fail "installed outside of PREFIX: $others"
mv "$work/stage/opt/a b" "$prefix"
files=(bin/cajal2c bin/cajal-train include/cajal.h include/cajal.hpp include/cajal_check.h include/cajal_kernels.h include/cajal_lanes.h
  lib/libcajal.a lib/libcajal-none.a lib/pkgconfig/cajal.pc lib/pkgconfig/cajal-none.pc
  lib/cmake/cajal/cajalConfig.cmake lib/cmake/cajal/cajalConfigVersion.cmake)
for command in cajal2c cajal-train; do
  files+=("share/man/man1/$command.1" "share/bash-completion/completions/$command"
    "share/zsh/site-functions/_$command" "share/fish/vendor_completions.d/$command.fish")
done
for file in "${files[@]}"; do
  [[ -s $prefix/$file ]] || fail "$file is not installed"
done
[[ -z $(find "$prefix" -name '*.new') ]] || fail 'temporary files are left'
told=$(grep -rlE "opt/a b|$root|$work" "$prefix"/{include,lib,share} || true)
[[ -z $told ]] || fail "these know where they were installed or made: $told"

# ---- Manual pages and completions ----

for command in cajal2c cajal-train; do
  page=$prefix/share/man/man1/$command.1
  names=$("bin/$command" --help | awk '/^SUBCOMMANDS:/ { inside = 1; next } inside && /^  [a-z]/ { print $1 }')
  for name in '' $names; do
    # shellcheck disable=SC2086 # none or one
    options=$("bin/$command" $name --help | grep -oE '^  (-[a-z], )?--[a-z-]+' | grep -oE -- '--.*')
    for option in $options; do
      grep -qF -- ".B ${option//-/\\-}" "$page" || grep -qF -- ", ${option//-/\\-}" "$page" ||
        fail "$command.1 does not have $option of '$name'"
    done
    [[ -z $name ]] || grep -qix -- ".SH ${command//-/\\\\-} $name" "$page" || fail "$command.1 has no section on $name"
  done
  ! grep -nE '^[^.].*[^\\]--|, [0-9]{4}' "$page" >&2 || fail "$command.1 has dashes that are not escaped, or a date"
  if command -v groff >/dev/null; then
    said=$(groff -k -man -Tutf8 -ww -z "$page" 2>&1) || true
    [[ -z $said ]] || fail "groff says of $command.1: $said"
  fi
  # shellcheck disable=SC1090
  said=$(bash -c 'source "$1/$2" && complete -p "$2"' - "$prefix/share/bash-completion/completions" "$command" 2>&1) ||
    fail "bash does not complete $command: $said"
  grep -q "^#compdef $command" "$prefix/share/zsh/site-functions/_$command" || fail "zsh does not know _$command"
done

# ---- The library: portable, unless it is asked for more; kernels that can be dropped ----

portable=
case $(uname -m) in
x86_64) portable=yes ;;
esac
wide() { objdump -d "$1" | grep -cE '%[yz]mm' || true; } # ARCHIVE: instructions of later processors
if [[ $portable ]]; then
  [[ $(wide "$prefix/lib/libcajal.a") = 0 ]] || fail 'the library has instructions of a later processor'
fi
# The second one is there, taken away, and leaves what is not its own.
other=$work/other
[[ ! -e $prefix/bin/libcajal-mpi.so ]] || fail 'what needs MPI is installed without being asked for'
mpi=
if command -v mpicc >/dev/null; then mpi=yes; else skip 'MPI: there is no mpicc'; fi
expect made install PREFIX="$other" CFLAGS='-std=c11 -O0' ${portable:+MARCH=x86-64-v3} ${mpi:+MPI=1}
[[ ! $mpi || -x $other/bin/libcajal-mpi.so ]] || fail 'MPI=1 is not heard'
if [[ $portable ]]; then [[ $(wide "$other/lib/libcajal.a") != 0 ]] || fail 'MARCH is not heard'; fi
touch "$other/share/cajal/mine" "$other/lib/mine"
expect made uninstall PREFIX="$other"
left=$(cd "$other" && find . -type f | sort | tr '\n' ' ')
[[ $left = './lib/mine ./share/cajal/mine ' ]] || fail "make uninstall left: $left"
left=$(cd "$other/share/cajal" && find . -mindepth 1 -type d)
[[ -z $left ]] || fail "make uninstall left the folders $left"
refused "begins with /, not 'relative'" made install PREFIX=relative
refused "begins with /, not ''" made install PREFIX=
[[ ! -e relative ]] || fail 'a relative PREFIX was written to'
touch "$work/file"
refused 'Not a directory' made install PREFIX="$work/file"
made -n install PREFIX="$work/none" >/dev/null 2>&1 || fail 'make -n install'
[[ ! -e $work/none ]] || fail 'make -n installs something'

# ---- pkg-config, and by hand ----

mkdir "$work/hand"
cp Examples/cmake/* Tests/Install/apply* "$work/hand"
expect_quoted docs/cmake.md Examples/cmake
block docs/cmake.md sh 1 | grep -x 'make install PREFIX=$HOME/.local' >/dev/null || fail 'docs/cmake.md installs elsewhere'
warnings=(-Wall -Wextra -Wpedantic -Werror)
if command -v pkg-config >/dev/null; then
  expect clean "$work/hand" bash -e -c "$(block docs/cmake.md sh 3)"
  diff <(block docs/cmake.md text 2) "$work/said" >&2 || fail 'by pkg-config the program prints something else'
  # Nothing is asked of other packages.
  ours() { clean "$work/hand" env PKG_CONFIG_LIBDIR="$prefix/lib/pkgconfig" pkg-config "$@"; }
  for name in cajal cajal-none; do
    expect ours --exists "$name"
    flags=$(ours --static --cflags --libs "$name" 2>&1) || true
    [[ $flags != *gfortran* ]] || fail "$name asks for Fortran: $flags"
    [[ $flags = *"$prefix"* ]] || fail "$name is not where it was put: $flags"
    version=$(ours --modversion "$name" || true)
    [[ "cajal2c $version" = "$(bin/cajal2c --version)" ]] || fail "$name has the version $version"
  done
  # All of it static, where OpenBLAS is there so.
  if ${CC:-gcc} -print-file-name=libopenblas.a | grep -q /; then
    expect clean "$work/hand" bash -e -c \
      '$CC -static -Wl,--gc-sections client.c turn.c $(pkg-config --static --cflags --libs "$1") -o static && ./static' \
      - "$prefix/lib/pkgconfig/cajal.pc"
    diff <(block docs/cmake.md text 2) "$work/said" >&2 || fail 'linked statically the program prints something else'
    ! readelf -d "$work/hand/static" | grep NEEDED || fail 'the static program has libraries to load'
  else
    skip 'a static program: there is no libopenblas.a'
  fi
else
  skip 'pkg-config: it is not installed'
fi

# By hand; and of the kernels a program has those that it calls: none for doubles, where it has floats.
for blas in none openblas; do
  library=cajal libraries='-lopenblas -lm'
  if [[ $blas = none ]]; then library=cajal-none libraries=-lm; fi
  expect clean "$work/hand" bash -e -c '
    compile="$CC -std=c11 -O1 -Wall -Wextra -Wpedantic -Werror -I$HOME/.local/include -I."
    libraries="-Wl,--gc-sections -L$HOME/.local/lib -l$2 $3"
    "$HOME/.local/bin/cajal2c" turn.cajal --emit-grad --weights turn.safetensors --blas "$1" -o turn.c
    $compile client.c turn.c $libraries -o client && ./client
    "$HOME/.local/bin/cajal2c" apply.cajal --blas "$1" -o apply.c
    $compile apply_client.c apply.c $libraries -o apply && ./apply' - "$blas" "$library" "$libraries"
  diff <(block docs/cmake.md text 2) "$work/said" >&2 || fail "with --blas $blas the program prints something else"
  kernels=$(nm "$work/hand/apply" | grep -E ' [Tt] cajal_' || true)
  grep -q product_f32 <<<"$kernels" && ! grep -q f64 <<<"$kernels" || fail "a program has the kernels $kernels"
done

# The runtime for `verify`.
expect clean "$work/hand" "$prefix/bin/cajal2c" verify turn.cajal --program flip --cflags '-std=c11 -O0' --limit 5
grep -q '^flip: agrees' "$work/said" || fail 'the installed compiler does not verify'

# ---- C++ ----

cxx=$(command -v g++ || command -v clang++ || true)
if [[ $cxx ]]; then
  cp Tests/Install/{library,plugin,rebuilt}.cpp Tests/Install/tables.{cajal,cpp} "$work/hand"
  expect clean "$work/hand" bash -e -c '
    cxx=$1 warnings="-Wall -Wextra -Wpedantic -Werror"
    compile="$CC -std=c11 -O1 $warnings -fPIC -fvisibility=hidden -I$HOME/.local/include"
    plus="$cxx -std=c++20 -O1 $warnings -I. -I$HOME/.local/include"
    libraries="-L$HOME/.local/lib -lcajal-none -lm"
    mkdir plain
    cajal2c=$HOME/.local/bin/cajal2c
    "$cajal2c" turn.cajal --emit-grad --blas none --weights turn.safetensors -o turn.c
    "$cajal2c" turn.cajal --emit-grad --blas none -o plain/turn.c
    $compile -c turn.c -o turn.o
    $compile -DCAJAL_SHARED_OBJECT -shared plain/turn.c -o plain/turn.so $libraries
    echo "int none;" | $CC -shared -x c - -o plain/none.so
    $plus -g -fsanitize=address,undefined -fno-sanitize-recover=all library.cpp turn.o $libraries -pthread -o library
    ./library plain/turn.so plain/none.so
    "$cajal2c" tables.cajal --emit-grad --blas none -o tables.c
    $compile -c tables.c -o tables.o
    $plus -g -fsanitize=address,undefined -fno-sanitize-recover=all tables.cpp tables.o $libraries -o tables
    ./tables' - "$cxx"

  # Built again, from 1 to 2, in one process.
  expect clean "$work/hand" "$cxx" -std=c++20 -O1 -Wall -Wextra -Werror -I"$prefix/include" rebuilt.cpp -ldl -o rebuilt
  for answer in 1 2; do
    mkdir "$work/hand/$answer"
    sed "s/ANSWER\$/$answer/" Tests/Install/answer.cajal >"$work/hand/$answer/answer.cajal"
    expect clean "$work/hand/$answer" bash -e -c '
      flags="-std=c11 -O1 -fPIC -fvisibility=hidden -I$HOME/.local/include"
      libraries="-L$HOME/.local/lib -lcajal-none -lm"
      "$HOME/.local/bin/cajal2c" answer.cajal --blas none -o answer.c
      $CC $flags -c answer.c
      $CC $flags -DCAJAL_SHARED_OBJECT -shared answer.c -o module.so $libraries
      unique=
      case $1 in *g++*) unique=-fno-gnu-unique ;; esac
      $1 -std=c++20 -O1 $unique -Wall -Wextra -Werror -fPIC -shared -I. -I"$HOME/.local/include" ../plugin.cpp answer.o \
        -o plugin.so $libraries' - "$cxx"
  done
  said=$("$work/hand/rebuilt" "$work/hand/1/module.so" "$work/hand/2/module.so" module) || fail 'rebuilt'
  [[ $said = '1 1 2 1 2' ]] || fail "a module that was built again answers $said"
  said=$("$work/hand/rebuilt" "$work/hand/1/plugin.so" "$work/hand/2/plugin.so" plugin) || fail 'rebuilt'
  [[ $said = '1 2' ]] || fail "C++ with a module that was built again answers $said"
else
  skip 'C++: there is neither g++ nor clang++'
fi

# ---- CMake ----

if command -v cmake >/dev/null && [[ $cxx ]]; then
  source Tests/Install/cmake.bash
else
  skip 'CMake: it is not installed, or there is no C++ compiler'
fi

# ---- Swift ----

if command -v swift >/dev/null; then
  source Tests/Install/swift.bash
else
  skip 'Swift: it is not installed'
fi

if [[ $failures != 0 ]]; then exit 1; fi
echo 'install: passed'
