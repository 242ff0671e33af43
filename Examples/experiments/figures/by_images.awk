# Of results.csv: model, training images and test L1 at the end of every run of an experiment and transform.

BEGIN {
  FS = OFS = ","
  print "model,images,test_l1_pm1"
}
NR == 1 {
  for (i = 1; i <= NF; i++) at[$i] = i
  next
}
$at["experiment"] == experiment && $at["transform"] == transform {
  run = $3 OFS $4 OFS $5 OFS $6 OFS $7
  if (!(run in last)) order[++runs] = run
  last[run] = $3 OFS ($7 == "all" ? all : $7) OFS $at["test_l1_pm1"]
}
END { for (i = 1; i <= runs; i++) if (last[order[i]] !~ /nan|inf/) print last[order[i]] }
