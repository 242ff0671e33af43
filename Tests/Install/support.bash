# Sourced by the tests of this folder.
root=$(pwd -P)
failures=0
fail() {
  echo "install: FAILED: $1" >&2
  failures=$((failures + 1))
}
skip() { echo "install: SKIPPED $1" >&2; }
# What fails says so with the end of what it printed.
expect() { # COMMAND...
  "$@" >"$work/said" 2>&1 || { fail "$*"; tail -n 15 "$work/said" >&2; }
}
refused() { # TEXT COMMAND...: it fails, and says the text, whatever its lines
  local text=$1
  shift
  if "$@" >"$work/said" 2>&1; then
    fail "not refused: $*"
  elif ! tr -s '\n ' '  ' <"$work/said" | grep -F -- "$text" >/dev/null; then
    fail "$* did not say: $text"
    tail -n 15 "$work/said" >&2
  fi
}
# Nothing of the environment, and of the make that runs this, is handed on; made is of this project.
made() {
  env -u MAKEFLAGS -u MAKELEVEL -u CFLAGS -u CAJALFLAGS -u DESTDIR -u PREFIX LC_ALL=C \
    make --no-print-directory CC="${CC:-gcc}" "$@"
}

# As on a machine that has what is installed, and not this project: its folder is empty, where that can be done.
home=$work/home
if [[ $(id -u) = 0 && $work/ != "$root"/* ]] && unshare -m true 2>/dev/null; then
  hidden=(unshare -m bash -c 'mount --make-rprivate / && mount -t tmpfs none "$0" && exec "$@"' "$root")
else
  skip 'hiding the project from what is installed: that takes root, and a folder for temporary files outside of it'
  hidden=()
fi
clean() { # FOLDER COMMAND...
  local folder=$1
  shift
  (cd "$folder" && env -i HOME="$home" TMPDIR="$work" LANG=C.UTF-8 PATH="/usr/local/bin:/usr/bin:/bin$more_path" \
    CC="${CC:-gcc}" "${hidden[@]}" "$@")
}
more_path=

# Block number N of a language in a document.
block() { # DOCUMENT LANGUAGE N
  awk -v language="$2" -v n="$3" '
    /^```/ { inside = !inside && $0 == "```" language && ++count == n; open = !open; if (!open) inside = 0; next }
    inside' "$1"
}
# The blocks that begin with a comment that names a file are these files.
expect_quoted() { # DOCUMENT FOLDER
  awk -v folder="$work/quoted" '
    /^```/ { open = !open; first = open; file = ""; next }
    open && first && match($0, /^(--|#|\/\/|\/\*) [A-Za-z]+\.[a-z]+/) {
      file = substr($0, RSTART, RLENGTH)
      sub(/.* /, "", file)
      printf "" >(folder "/" file)
    }
    { first = 0 }
    open && file { print >(folder "/" file) }' "$1"
  local file
  for file in "$work"/quoted/*; do
    diff "$file" "$2/${file##*/}" >&2 || fail "$1 shows another ${file##*/} than $2 has"
  done
}
