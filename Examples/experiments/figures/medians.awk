# Of steps.csv: the median over the runs of a value, at every step, of one experiment, transform and model. An infinity
# counts as larger than every number.

BEGIN {
  FS = OFS = ","
  print "step,median"
}
NR == 1 {
  for (i = 1; i <= NF; i++) at[$i] = i
  next
}
$at["experiment"] == experiment && $at["transform"] == transform && $at["model"] == model {
  step = $at["step"] + 0
  if (step > last) last = step
  list[step, ++count[step]] = $at[value] ~ /[0-9]/ ? $at[value] + 0 : 1e308
}
END {
  for (step = 1; step <= last; step++) {
    n = count[step]
    if (n == 0) continue
    for (i = 2; i <= n; i++) {
      x = list[step, i]
      for (j = i - 1; j > 0 && list[step, j] > x; j--) list[step, j + 1] = list[step, j]
      list[step, j + 1] = x
    }
    middle = int((n + 1) / 2)
    print step, (list[step, middle] + list[step, n + 1 - middle]) / 2
  }
}
