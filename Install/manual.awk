# manual.awk: a manual page from what a command and its subcommands print with --help, in wide lines.
#
# awk -v name=cajal2c -v version=0.1.0 -f manual.awk ROOT SUBCOMMAND...: each a file that is called as its command is.
# No date is in it, so that the same help gives the same page.

function escaped(text) {
  gsub(/\\/, "\\e", text)
  gsub(/-/, "\\-", text)
  return text
}
function line(text) { print (text ~ /^[.']/ ? "\\&" : "") escaped(text) }
function verbatim(is) {
  if (is == in_verbatim) return
  print is ? ".nf\n.RS 2" : ".RE\n.fi"
  in_verbatim = is
}

FNR == 1 {
  verbatim(0)
  part = "OVERVIEW"
  command = FILENAME
  sub(/.*\//, "", command)
  is_root = NR == 1
  overview = $0
  sub(/^OVERVIEW: /, "", overview)
  if (is_root) {
    printf ".TH \"%s\" 1 \"\" \"%s %s\" \"Cajal\"\n", toupper(name), name, version
    print ".SH NAME"
    phrase = overview
    sub(/\.$/, "", phrase)
    line(name " - " phrase)
  } else {
    print ".SH " toupper(escaped(name " " command))
    line(overview)
  }
  next
}
/^USAGE: / {
  verbatim(0)
  part = "USAGE"
  print is_root ? ".SH SYNOPSIS" : ".PP"
  print ".B " escaped(substr($0, 8))
  next
}
/^(ARGUMENTS|OPTIONS|SUBCOMMANDS):/ {
  verbatim(0)
  part = $1
  sub(/:.*/, "", part)
  print is_root ? ".SH " part : ".PP\n.B " substr(part, 1, 1) tolower(substr(part, 2))
  next
}
/^[A-Z]+$/ && part == "OVERVIEW" { # EXAMPLES
  verbatim(0)
  print is_root ? ".SH " $0 : ".PP\n.B " substr($0, 1, 1) tolower(substr($0, 2))
  next
}
/^$/ {
  verbatim(0)
  if (part == "OVERVIEW") paragraph = 1
  next
}
/^  See '/ { next } # `help SUBCOMMAND`: it is all here
part == "OVERVIEW" || part == "USAGE" {
  if ($0 ~ /^  /) verbatim(1)
  else {
    verbatim(0)
    if (paragraph) print ".PP"
  }
  paragraph = 0
  line($0 ~ /^  / ? substr($0, 3) : $0)
  next
}
{ # an entry of a list, or, further in, what stands under one that is long
  text = $0
  sub(/^ +/, "", text)
  if ($0 ~ /^   /) {
    line(text)
    next
  }
  split_at = match(text, /   *[^ ]/)
  label = split_at ? substr(text, 1, split_at - 1) : text
  print ".TP\n.B " escaped(label)
  if (split_at) line(substr(text, RSTART + RLENGTH - 1))
}
END { verbatim(0) }
