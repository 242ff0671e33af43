# Over all configurations: the distribution of what each model comes to, early and at the end.

file == 3 && get("step") == early { keep(this_run(), "early") }

function distribution(group, model, moment, name, format,   r) {
  clear()
  for (r = 1; r <= run_count; r++)
    if (run_group[r] == group && run_model[r] == model) sample(worst(measured[r, moment, name], name))
  if (samples == 0) return " | | |"
  sort()
  return " " text_of(format, list[1]) " | " median(format) " | " text_of(format, list[samples]) " |"
}

function lines(group, moment, text,   i, m, count, stopped, better, r) {
  for (i = 1; i <= models; i++) {
    m = model[i]
    count = stopped = better = 0
    for (r = 1; r <= run_count; r++)
      if (run_group[r] == group && run_model[r] == m) {
        count++
        if (run_status[r] == "stopped") stopped++
        if (measured[r, moment, "test_l1_pm1"] ~ /[0-9]/ && measured[r, moment, "test_l1_pm1"] + 0 < best_l1[group])
          better++
      }
    printf "| %s, %s | %d | %d |%s%s %d |\n", label(m), text, count, stopped,
      distribution(group, m, moment, "test_l1_pm1", "%.4f"), distribution(group, m, moment, "psnr", "%.1f"), better
  }
}

function table(group,   i, r, seen) {
  heading(group)
  models = 0
  for (r = 1; r <= run_count; r++)
    if (run_group[r] == group && !(run_model[r] in seen)) {
      seen[run_model[r]] = 1
      model[++models] = run_model[r]
    }
  print "| | runs | stopped | test L1: least | median | greatest | PSNR, dB: least | median | greatest |" \
    " past the best constant |"
  print "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
  for (i = 1; i <= baseline_count[group]; i++)
    printf "| *%s* | | | | %.4f | | | %.1f | | |\n", baseline_text(baseline_name[group, i]),
      baseline[group, i, "test_l1_pm1"], baseline[group, i, "psnr"]
  lines(group, "early", "after " early " steps")
  lines(group, "end", "at the end")
  by_configuration(group)
}

# The median over the seeds, for each learning rate and size of a batch.
function by_configuration(group,   r, i, c, key, seen, count, part) {
  printf "\nMedian PSNR over the seeds at the end, in dB:\n\n| lr | batch |"
  for (i = 1; i <= models; i++) printf " %s |", label(model[i])
  printf "\n|---:|---:|"
  for (i = 1; i <= models; i++) printf "---:|"
  print ""
  for (r = 1; r <= run_count; r++) {
    key = run_lr[r] FS run_batch[r]
    if (run_group[r] == group && !(key in seen)) {
      seen[key] = 1
      configuration[++count] = key
    }
  }
  for (c = 1; c <= count; c++) {
    split(configuration[c], part, FS)
    printf "| %s | %s |", part[1], part[2]
    for (i = 1; i <= models; i++) {
      clear()
      for (r = 1; r <= run_count; r++)
        if (run_group[r] == group && run_model[r] == model[i] && run_lr[r] FS run_batch[r] == configuration[c])
          sample(worst(measured[r, "end", "psnr"], "psnr"))
      printf " %s |", median("%.1f")
    }
    print ""
  }
}

END { for (g = 1; g <= group_count; g++) table(groups[g]) }
