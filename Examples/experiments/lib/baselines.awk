# Of what `cajal-train baselines` prints: the identity and the best constant number of rounds, or the constant answer.

function row(name) {
  print experiment, transform, name, pixels ? sprintf("%.6g", 2 * $at["l1"]) : "", get("psnr"), get("exact"),
    get("accuracy"), pixels ? "" : get("loss")
}
function get(name) { return (name in at) ? $at[name] : "" }

BEGIN { FS = OFS = "," }
NR == 1 {
  for (i = 1; i <= NF; i++) at[$i] = i
  pixels = "l1" in at
  next
}
!pixels { row($1) }
pixels && $1 == "identity" { row("identity") }
pixels && $1 ~ /^rounds-/ && (best == "" || $at["l1"] + 0 < least) {
  least = $at["l1"] + 0
  best = $0
}
END {
  if (best != "") {
    $0 = best
    sub(/^rounds-/, "", $1)
    row("constant-" $1)
  }
}
