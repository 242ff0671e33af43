# Sourced by install.bash: the project of docs/cmake.md, changes of its files, and wrong uses of cajal_add_module.
tree=$work/cmake
cp -r Examples/cmake "$tree"
expect clean "$tree" bash -e -c "$(block docs/cmake.md sh 2)"
diff <(block docs/cmake.md text 1) <(grep -E '^(turned|flipped|gradient|probability|if )' "$work/said") >&2 ||
  fail 'the project of docs/cmake.md prints something else'
objects=$(nm -D --defined-only "$tree/build/turn_double.so" | awk '{ print $3 }' | grep -v '^turn_' || true)
[[ $objects = cajal_module_info ]] || fail "turn_double.so exports $objects"
readelf -d "$tree/build/turn_double.so" | grep NEEDED | grep openblas >/dev/null && fail 'BLAS none needs OpenBLAS'

build() { clean "$tree" cmake --build build; }
rebuilt() { # whether the last build compiled a module again
  grep -q 'Compiling turn' "$work/said"
}
expect build
! rebuilt || fail 'CMake builds again what has not changed'
# The weights: another bias, the last eight bytes.
{ head -c -8 "$tree/turn.safetensors" && printf '\0\0\0\0\0\0\200\77'; } >"$tree/new"
mv "$tree/new" "$tree/turn.safetensors"
expect build
rebuilt || fail 'other weights do not build again'
[[ $(clean "$tree" build/client | sed -n 1p) = 'turned: (0.5, 1)' ]] || fail 'the new weights are not there'
sed -i 's/if y then false else true/if y then true else false/' "$tree/turn.cajal"
expect build
[[ $(clean "$tree" build/client | sed -n 1p) = 'turned: (1.5, 0)' ]] || fail 'another program does not build again'
sed -i 's/else false$/else fals/; s/else false }/else fals }/' "$tree/turn.cajal"
refused 'fals' build

# Kinds and flags, and C++ that is added to a module.
mkdir "$tree/more"
cp Examples/cmake/turn.* Tests/Install/{answer.cajal,both.c,plugin.cpp} "$tree/more"
sed -i 's/ANSWER$/3/' "$tree/more/answer.cajal"
cat >"$tree/more/CMakeLists.txt" <<'CMAKE'
cmake_minimum_required(VERSION 3.16)
project(more LANGUAGES C CXX)
find_package(cajal 0.1 REQUIRED)
add_compile_options(-Wall -Wextra -Werror)
cajal_add_module(shared turn.cajal SHARED HORIZON 5 PREFIX other NO_GRADIENT FLAGS --check-finite)
cajal_add_module(fixed turn.cajal BLAS none)
cajal_add_module(plugin answer.cajal MODULE)
target_sources(plugin PRIVATE plugin.cpp)
target_compile_features(plugin PRIVATE cxx_std_20)
add_executable(both both.c)
target_link_libraries(both PRIVATE fixed shared)
CMAKE
expect clean "$tree/more" bash -e -c \
  'cmake -B build -DCMAKE_PREFIX_PATH="$HOME/.local" && cmake --build build && build/both'
[[ $(tail -n 1 "$work/said") = '5 2 1 3' ]] || fail "two modules of one file in a program: $(tail -n 1 "$work/said")"
! nm -D "$tree/more/build/plugin.so" | grep ' u ' >/dev/null || fail 'C++ in a module has variables that a process has once'
if command -v ninja >/dev/null; then
  expect clean "$tree/more" bash -e -c \
    'cmake -G Ninja -B ninja -DCMAKE_PREFIX_PATH="$HOME/.local" && cmake --build ninja && ninja/both'
fi

wrong() { # TEXT LINE...: of a project
  local text=$1
  shift
  mkdir -p "$tree/wrong"
  cp Examples/cmake/turn.cajal "$tree/wrong"
  printf '%s\n' 'cmake_minimum_required(VERSION 3.16)' "$@" >"$tree/wrong/CMakeLists.txt"
  refused "$text" clean "$tree/wrong" cmake -B build -DCMAKE_PREFIX_PATH="$home/.local"
}
wrong 'there is no file' 'project(p C)' 'find_package(cajal)' 'cajal_add_module(m none.cajal)'
wrong 'what is `HORIZN;3`?' 'project(p C)' 'find_package(cajal)' 'cajal_add_module(m turn.cajal HORIZN 3)'
wrong 'nothing follows HORIZON' 'project(p C)' 'find_package(cajal)' 'cajal_add_module(m turn.cajal HORIZON)'
wrong 'one of them' 'project(p C)' 'find_package(cajal)' 'cajal_add_module(m turn.cajal STATIC MODULE)'
wrong 'BLAS is openblas or none, not `mkl`' 'project(p C)' 'find_package(cajal)' 'cajal_add_module(m turn.cajal BLAS mkl)'
wrong 'modules are compiled to C' 'project(p CXX)' 'find_package(cajal)' 'cajal_add_module(m turn.cajal)'
wrong 'compatible with requested version "2.0"' 'project(p C)' 'find_package(cajal 2.0 REQUIRED)'
