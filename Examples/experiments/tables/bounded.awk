# How calm the first steps are: norms of the gradient and losses of every step, medians over the seeds.

file == 4 {
  r = this_run()
  norm = get("grad_norm")
  loss = get("train_l1_pm1")
  if (norm !~ /[0-9]/) norm = 1e308
  if (loss !~ /[0-9]/) loss = 1e308
  if (norm + 0 > largest_norm[r]) largest_norm[r] = norm + 0
  if (get("step") <= 150 && norm + 0 > early_norm[r]) early_norm[r] = norm + 0
  if (norm + 0 > 10) large_norms[r]++
  if (loss + 0 > largest_loss[r]) largest_loss[r] = loss + 0
}

function cell(group, model, values, format,   r) {
  clear()
  for (r = 1; r <= run_count; r++) if (run_group[r] == group && run_model[r] == model) sample(values[r] + 0)
  return median(format) " (" text_of(format, list[1]) " – " text_of(format, list[samples]) ")"
}

function at_end(group, model, name, format,   r) {
  clear()
  for (r = 1; r <= run_count; r++)
    if (run_group[r] == group && run_model[r] == model) sample(worst(measured[r, "end", name], name))
  if (samples == 0) return "not finite"
  return median(format) " (" text_of(format, list[1]) " – " text_of(format, list[samples]) ")"
}

function table(group,   r, i, models, seen, count, stopped, steps) {
  for (r = 1; r <= run_count; r++) {
    if (run_group[r] != group) continue
    if (!(run_model[r] in seen)) model[++models] = run_model[r]
    seen[run_model[r]] = 1
    if (run_steps[r] + 0 > steps) steps = run_steps[r] + 0
  }
  heading(group)
  print "Medians over the seeds, least and greatest in parentheses.\n"
  printf "| | runs | stopped | largest gradient norm, steps 1–150 | largest in all | steps with a norm above 10 |"
  printf " largest loss of a batch | test L1 after %s steps | PSNR, dB |\n", steps
  print "|---|---:|---:|---:|---:|---:|---:|---:|---:|"
  for (i = 1; i <= models; i++) {
    count = stopped = 0
    for (r = 1; r <= run_count; r++)
      if (run_group[r] == group && run_model[r] == model[i]) {
        count++
        if (run_status[r] == "stopped") stopped++
      }
    printf "| %s | %d | %d | %s | %s | %s | %s | %s | %s |\n", label(model[i]), count, stopped,
      cell(group, model[i], early_norm, "%.3g"), cell(group, model[i], largest_norm, "%.3g"),
      cell(group, model[i], large_norms, "%.0f"), cell(group, model[i], largest_loss, "%.3g"),
      at_end(group, model[i], "test_l1_pm1", "%.4f"), at_end(group, model[i], "psnr", "%.1f")
  }
  print ""
  for (i = 1; i <= baseline_count[group]; i++)
    printf "Without learning, %s: test L1 %.4f, PSNR %.1f dB.  \n", baseline_text(baseline_name[group, i]),
      baseline[group, i, "test_l1_pm1"], baseline[group, i, "psnr"]
}

END { for (g = 1; g <= group_count; g++) table(groups[g]) }
