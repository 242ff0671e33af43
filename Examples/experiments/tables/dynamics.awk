# A row for each model, measures at some moments: step numbers, `epoch` (the first), `end`. Baselines first.

file == 3 {
  r = this_run()
  keep(r, get("step"))
  if (get("epoch") == 1) keep(r, "epoch")
}

function moment_name(moment) {
  if (moment == "epoch") return "after 1 epoch"
  return moment == "end" ? "at the end" : "after " moment " steps"
}

# Model, learning rate, batch and images; what all runs have in common is not shown.
function row_key(r) { return run_model[r] FS run_lr[r] FS run_batch[r] FS run_images[r] }

function distinct(values, group,   r, seen, count) {
  for (r = 1; r <= run_count; r++)
    if (run_group[r] == group && !(values[r] in seen)) {
      seen[values[r]] = 1
      count++
    }
  return count
}

function row_label(key, group,   part, text) {
  split(key, part, FS)
  text = label(part[1])
  if (distinct(run_lr, group) > 1) text = text ", lr " part[2]
  if (distinct(run_batch, group) > 1) text = text ", batch " part[3]
  if (distinct(run_images, group) > 1) text = text ", " part[4] " images"
  return text
}

# What all runs of a group have in common.
function common(group,   r, text) {
  for (r = 1; run_group[r] != group; r++) {}
  if (distinct(run_lr, group) == 1) text = text "; learning rate " run_lr[r]
  if (distinct(run_batch, group) == 1) text = text "; batches of " run_batch[r]
  if (distinct(run_images, group) == 1) text = text "; " run_images[r] " training images"
  return text
}

function cell(group, key, moment, name, format,   r) {
  clear()
  for (r = 1; r <= run_count; r++)
    if (run_group[r] == group && row_key(r) == key) sample(measured[r, moment, name])
  return summary(format)
}

function table(group,   choice, i, m, r, key, order, rows, count, stopped, better, steps_low, steps_high, first, second) {
  choice = is_choice(group)
  first = choice ? "accuracy" : "test_l1_pm1"
  second = choice ? "test_cross_entropy" : "psnr"
  heading(group)
  printf "| | parameters | runs |"
  for (m = 1; m <= moment_count; m++)
    printf choice ? " %s: accuracy | cross-entropy |" : " %s: test L1 | PSNR, dB |", moment_name(moment[m])
  print choice ? " train cross-entropy |" : " train L1 | images exact | past the best constant |"
  printf "|---|---:|---:|"
  for (m = 1; m <= moment_count; m++) printf "---:|---:|"
  print choice ? "---:|" : "---:|---:|---:|"

  for (i = 1; i <= baseline_count[group]; i++) {
    printf "| *%s* | | |", baseline_text(baseline_name[group, i])
    for (m = 1; m <= moment_count; m++)
      printf " %s | %s |", fixed(baseline[group, i, first], 4), fixed(baseline[group, i, second], choice ? 4 : 1)
    print choice ? " |" : " | | |"
  }

  for (r = 1; r <= run_count; r++)
    if (run_group[r] == group && !(row_key(r) in order)) {
      order[row_key(r)] = ++rows
      row[rows] = row_key(r)
    }
  for (i = 1; i <= rows; i++) {
    key = row[i]
    count = stopped = better = 0
    for (r = 1; r <= run_count; r++) {
      if (run_group[r] != group || row_key(r) != key) continue
      count++
      if (run_status[r] == "stopped") stopped++
      if (measured[r, "end", "test_l1_pm1"] ~ /[0-9]/ && measured[r, "end", "test_l1_pm1"] + 0 < best_l1[group]) better++
      parameters = run_parameters[r]
      if (steps_low == "" || run_steps[r] + 0 < steps_low) steps_low = run_steps[r] + 0
      if (run_steps[r] + 0 > steps_high) steps_high = run_steps[r] + 0
    }
    printf "| %s | %s | %s |", row_label(key, group), parameters, count (stopped ? " (" stopped " stopped)" : "")
    for (m = 1; m <= moment_count; m++)
      printf " %s | %s |", cell(group, key, moment[m], first, "%.4f"),
        cell(group, key, moment[m], second, choice ? "%.4f" : "%.1f")
    if (choice) printf " %s |\n", cell(group, key, "end", "train_cross_entropy", "%.4f")
    else printf " %s | %s | %s of %d |\n", cell(group, key, "end", "train_l1_pm1", "%.4f"),
      cell(group, key, "end", "exact", "%.0f"), better, count
  }
  printf "\nThe end is at step %s%s.\n", steps_low == steps_high ? steps_low : steps_low " to " steps_high, common(group)
}

function fixed(x, digits) { return x ~ /[0-9]/ ? sprintf("%." digits "f", x) : x }

END {
  moment_count = split(moments, moment, ",")
  for (g = 1; g <= group_count; g++) table(groups[g])
}
