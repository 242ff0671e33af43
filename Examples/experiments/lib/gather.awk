# Reads run.csv of every run, and what lies beside it; writes one CSV file of all runs.
# what: results, a row for every evaluation; runs, a row for every run; steps, a row for every step up to keep_steps.

function read_line(path,   status) {
  status = (getline text < path)
  if (status > 0) count = split(text, field, ",")
  return status > 0
}

# The columns of a table by their names.
function read_header(path,   i) {
  delete at
  if (!read_line(path)) return 0
  for (i = 1; i <= count; i++) at[field[i]] = i
  columns = count
  return 1
}

# A row that is still being written has too few fields.
function next_row(path) { return read_line(path) && count == columns }

function value(name) { return (name in at) ? field[at[name]] : "" }

# Not a number stays what it is: not every awk can compute with it.
function short(x) { return x ~ /[0-9]/ ? sprintf("%.6g", x) : x }
function twice(x) { return x ~ /[0-9]/ ? sprintf("%.6g", 2 * x) : x }

function results(path,   choice) {
  if (!read_header(path)) return
  while (next_row(path)) {
    choice = value("accuracy") != ""
    print identity, value("step"), short(value("epoch")),
      choice ? "" : twice(value("train_loss")), choice ? "" : twice(value("test_l1")),
      short(value("psnr")), value("exact"), short(value("accuracy")),
      choice ? short(value("train_loss")) : "", choice ? short(value("test_loss")) : "",
      short(value("grad_norm")), short(value("seconds"))
  }
  close(path)
}

function steps(path) {
  if (!read_header(path)) return
  while (next_row(path) && value("step") <= keep_steps)
    print identity, value("step"), twice(value("loss")), short(value("grad_norm"))
  close(path)
}

function first_line(path,   line) {
  if ((getline line < path) <= 0) line = ""
  close(path)
  return line
}

function parameters(path,   line, found) {
  found = ""
  while (found == "" && (getline line < path) > 0)
    if (match(line, /[0-9]+ parameters/)) found = substr(line, RSTART, RLENGTH - 11)
  close(path)
  return found
}

function status(folder) {
  if (first_line(folder "stopped") != "") return "stopped"
  return first_line(folder "finished") != "" ? "finished" : "unfinished"
}

function run(folder,   step, seconds) {
  if (!read_header(folder "metrics.csv")) return
  while (next_row(folder "metrics.csv")) {
    step = value("step")
    seconds = value("seconds")
  }
  close(folder "metrics.csv")
  print identity, parameters(folder "log"), status(folder), step, short(seconds)
}

BEGIN {
  FS = OFS = ","
  names = "experiment,transform,model,seed,lr,batch,train_images"
  if (what == "results")
    print names, "step,epoch,train_l1_pm1,test_l1_pm1,psnr,exact,accuracy,train_cross_entropy,test_cross_entropy," \
      "grad_norm,seconds"
  else if (what == "runs") print names, "parameters,status,steps,seconds"
  else print names, "step,train_l1_pm1,grad_norm"
}

FNR == 2 {
  identity = $1 OFS $2 OFS $3 OFS $4 OFS $5 OFS $6 OFS $7
  folder = FILENAME
  sub(/run\.csv$/, "", folder)
  if (what == "results") results(folder "metrics.csv")
  else if (what == "runs") run(folder)
  else steps(folder "steps.csv")
}
