# Of results.csv: the model's number, a value, and a place beside others like it, for every run of an experiment and
# transform, at one step or at its end.

BEGIN {
  FS = OFS = ","
  count = split(models, list, " ")
  for (i = 1; i <= count; i++) rank[list[i]] = i
  print "model,value,place"
}
NR == 1 {
  for (i = 1; i <= NF; i++) at[$i] = i
  next
}
$at["experiment"] == experiment && $at["transform"] == transform && (moment == "end" || $at["step"] == moment) {
  run = $3 OFS $4 OFS $5 OFS $6 OFS $7
  if (!(run in last)) order[++runs] = run
  last[run] = rank[$3] OFS $at[value]
}
END {
  # Places between -0.2 and 0.2, in a fixed order that looks like none.
  for (i = 1; i <= runs; i++)
    if (last[order[i]] !~ /nan|inf/) print last[order[i]], (i * 0.618034 - int(i * 0.618034)) * 0.4 - 0.2
}
