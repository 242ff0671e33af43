# Sourced by install.bash: the package of docs/swift-package.md, built from what is installed, with the library's tests.
package=$work/swift
cp -rL Examples/swift "$package"
# What somebody has compiled here is not in it.
rm -rf "$package"/.build "$package"/Sources/Turn/{turn.c,include}
rm -rf "$work/quoted" && mkdir "$work/quoted"
mkdir "$work/shown"
cp Examples/swift/Package.swift Examples/swift/Sources/App/main.swift Examples/cmake/turn.cajal \
  Tests/Install/swift/tables.swift "$work/shown"
expect_quoted docs/swift-package.md "$work/shown"
mkdir "$package/Sources/Check"
cp Tests/Install/swift/*.swift "$package/Sources/Check"
cat >>"$package/Package.swift" <<'SWIFT'
package.targets.append(
  .executableTarget(
    name: "Check",
    dependencies: ["Turn", .product(name: "Cajal", package: "cajal"), .product(name: "CajalRuntime", package: "cajal")]))
SWIFT
more_path=:$prefix/bin:$(dirname "$(command -v swift)")
swift_package() { clean "$package" env -u CC CAJAL_PREFIX="$prefix" "$@"; }
plugin=(swift package --allow-writing-to-package-directory cajal)

# What does not compile writes nothing.
mv "$package/Sources/Turn/turn.cajal" "$work/right.cajal"
echo 'program flip (x : Bool) : Bool = y' >"$package/Sources/Turn/turn.cajal"
refused 'turn.cajal does not compile; nothing was written' swift_package "${plugin[@]}"
grep -q 'error\[E' "$work/said" || { fail 'the plugin does not hand on what the compiler says'; cat "$work/said" >&2; }
[[ ! -e $package/Sources/Turn/turn.c ]] || fail 'the plugin writes what does not compile'
mv "$work/right.cajal" "$package/Sources/Turn/turn.cajal"
refused 'CAJAL2C is no program: /none' swift_package env CAJAL2C=/none "${plugin[@]}"
refused 'cajal2c was not found' swift_package env PATH="/usr/bin:/bin:$(dirname "$(command -v swift)")" "${plugin[@]}"
refused 'there is no target Trun' swift_package "${plugin[@]}" --target Trun
refused 'there is no .cajal file' swift_package "${plugin[@]}" --target App
expect swift_package "${plugin[@]}" --help
grep -q -- '--target NAME' "$work/said" || fail 'the plugin has no help'

commands=$(block docs/swift-package.md sh 1)
expect swift_package bash -e -c "$commands"
diff <(block docs/swift-package.md text 1) <(grep -E '^(turned|flipped|gradient)' "$work/said") >&2 ||
  fail 'the package of docs/swift-package.md prints something else'
! grep -E 'warning: ' "$work/said" | grep -v 'Source files for target Turn' >&2 || fail 'warnings'
diff "$package/Sources/Turn/include/module.modulemap" - >&2 <<'MAP' || fail 'another module map'
module Turn {
  header "turn.h"
  export *
}
MAP
# The same again changes nothing.
touch "$work/then"
expect swift_package "${plugin[@]}" --target Turn
[[ -z $(find "$package/Sources/Turn" -newer "$work/then" -type f) ]] || fail 'the plugin writes what has not changed'

mkdir "$work/modules"
flags=(-std=c11 -O1 -fPIC -fvisibility=hidden -shared -DCAJAL_SHARED_OBJECT -I "$prefix/include")
bin/cajal2c Examples/cmake/turn.cajal --emit-grad --blas none -o "$work/modules/turn.c"
${CC:-gcc} "${flags[@]}" "$work/modules/turn.c" -o "$work/modules/turn.so" "$prefix/lib/libcajal-none.a" -lm
bin/cajal2c Tests/Install/tables.cajal --emit-grad --blas none -o "$work/modules/tables.c"
${CC:-gcc} "${flags[@]}" "$work/modules/tables.c" -o "$work/modules/tables.so" "$prefix/lib/libcajal-none.a" -lm
echo 'int none;' | ${CC:-gcc} -shared -x c - -o "$work/modules/none.so"
for answer in 1 2; do
  sed "s/ANSWER\$/$answer/" Tests/Install/answer.cajal >"$work/modules/answer.cajal"
  bin/cajal2c "$work/modules/answer.cajal" --blas none -o "$work/modules/answer.c" 2>/dev/null
  ${CC:-gcc} "${flags[@]}" "$work/modules/answer.c" -o "$work/modules/$answer.so" "$prefix/lib/libcajal-none.a" -lm
done
expect swift_package swift run Check "$work"/modules/{turn,none,1,2,tables}.so
