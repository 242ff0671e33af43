# Reads the three CSV files, in this order: baselines, runs, results (and steps, which a table may read itself).
# A run is known by its row's first seven fields, a group of runs by its experiment and transform.

BEGIN { FS = "," }

FNR == 1 {
  delete at
  for (i = 1; i <= NF; i++) at[$i] = i
  file++
  next
}

function get(name) { return (name in at) ? $at[name] : "" }
function title(experiment, transform) { return experiment (transform == "-" ? "" : ", " transform) }
function group_of_row() { return title(get("experiment"), get("transform")) }

file == 1 {
  group = group_of_row()
  baseline_count[group]++
  key = group SUBSEP baseline_count[group]
  baseline_name[key] = get("baseline")
  baseline[key, "test_l1_pm1"] = get("test_l1_pm1")
  baseline[key, "psnr"] = get("psnr")
  baseline[key, "accuracy"] = get("accuracy")
  baseline[key, "test_cross_entropy"] = get("test_cross_entropy")
  if (get("accuracy") == "" && (!(group in best_l1) || get("test_l1_pm1") + 0 < best_l1[group]))
    best_l1[group] = get("test_l1_pm1") + 0
}

file == 2 {
  run = $1 FS $2 FS $3 FS $4 FS $5 FS $6 FS $7
  group = group_of_row()
  if (!(group in is_group)) {
    is_group[group] = 1
    groups[++group_count] = group
  }
  run_count++
  runs[run_count] = run
  number[run] = run_count
  run_group[run_count] = group
  run_model[run_count] = get("model")
  run_lr[run_count] = get("lr")
  run_batch[run_count] = get("batch")
  run_images[run_count] = get("train_images")
  run_status[run_count] = get("status")
  run_steps[run_count] = get("steps")
  run_parameters[run_count] = get("parameters")
}

function this_run() { return number[$1 FS $2 FS $3 FS $4 FS $5 FS $6 FS $7] }

# Measures of a run at a step: those of the table that is being read.
function keep(r, moment,   i) {
  for (i in at) measured[r, moment, i] = $at[i]
}

# What was measured last counts as the end.
file == 3 { keep(this_run(), "end") }

function label(model) {
  if (model == "d") return "D"
  if (model == "d-bounded") return "D, `within l1 1`"
  if (model == "d-state") return "D-state"
  if (model == "d-softmax") return "D, softmax"
  if (model == "d-small") return "D, small"
  if (model == "t") return "T"
  if (model == "i") return "I"
  return "`" model "`"
}

# ---- Numbers of several runs: sample(…) each, then a text of them ----

function clear() { samples = 0; odd_ones = 0 }
function sample(x) {
  if (x ~ /[0-9]/) list[++samples] = x + 0
  else if (x != "") odd_ones++
}

# What is not finite is worse than every number.
function worst(x, name) { return x ~ /[0-9]/ || x == "" ? x : name == "psnr" ? -1e308 : 1e308 }

function sort(   i, j, x) {
  for (i = 2; i <= samples; i++) {
    x = list[i]
    for (j = i - 1; j > 0 && list[j] > x; j--) list[j + 1] = list[j]
    list[j + 1] = x
  }
}

function mean(   i, sum) {
  for (i = 1; i <= samples; i++) sum += list[i]
  return sum / samples
}

# Of the sorted list, interpolated.
function quantile(q,   position, i) {
  position = 1 + q * (samples - 1)
  i = int(position)
  return i >= samples ? list[samples] : list[i] + (position - i) * (list[i + 1] - list[i])
}

# Numbers that are far too large are not given to four places. 1e308 stands for what is not finite.
function text_of(format, x) {
  if (x > 1e300) return "∞"
  if (x < -1e300) return "−∞"
  return sprintf(x < 100 && x > -100 ? format : "%.3g", x)
}

# The mean, and the least and greatest where they differ as they are printed.
function summary(format,   low, high, text) {
  if (samples == 0) return odd_ones ? "not finite" : ""
  sort()
  low = text_of(format, list[1])
  high = text_of(format, list[samples])
  text = text_of(format, mean())
  if (low != high) text = text " (" low " – " high ")"
  return odd_ones ? text " and " odd_ones " not finite" : text
}

function median(format) {
  if (samples == 0) return odd_ones ? "not finite" : ""
  sort()
  return text_of(format, quantile(0.5))
}

function baseline_text(name) {
  if (name == "identity") return "the image itself"
  if (name == "constant") return "always the same answer"
  sub(/^constant-/, "", name)
  return name (name == 1 ? " round" : " rounds") ", whatever the class"
}

function heading(group) { printf "\n## %s\n\n", group }
function is_choice(group) { return baseline[group, 1, "accuracy"] != "" }
