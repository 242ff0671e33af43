"""What was measured, as Markdown and CSV."""
import csv

TITLES = {
    "limits": "The machine's limits",
    "a": "a. Small programs",
    "b": "b. Linear dynamical systems",
    "c": "c. The recurrence of Experiment 1",
    "d": "d. Training steps",
    "e": "e. Latency of one sample",
    "f": "f. From source to something that runs",
    "g": "g. Memory",
    "h": "h. Folds over lists and trees",
    "p": "p. From Python",
    "s": "s. Models of known structure",
}

NOTES = {
    "limits": "Copy and triad are over arrays that no cache holds; reading is the sum of an array, again and again, "
              "which a cache holds if it is as large. All three on one thread.",
    "a": "Ours and CasADi's are timed by loops in C, PyTorch and JAX as users call them. `both` is forward and "
         "backward, with the gradients of all inputs. `inlined`: our functions of one sample, as the header of "
         "--emit-inline defines them, in the loop that times them, as CasADi's are everywhere; else a batch is called "
         "for, with its checks.",
    "b": "`cblas_sgemm` is the products that the definition asks for, at the same shapes, and nothing else; \"of "
         "sgemm\" is its time divided by ours. `constant`: the matrix is written in the program; `linked`: its "
         "gradient is not asked for; `learnt`: it is.",
    "c": "\"of sgemm\": operations a second, counting the taps that fall inside the image alone, as a part of those "
         "of `cblas_sgemm` on 512 x 512 matrices.",
    "d": "\"of sgemm\": operations a second, counting products of weights or taps inside the image alone, as a part "
         "of those of `cblas_sgemm` on 512 x 512 matrices with as many threads. torch.compile and JAX at batch 64 "
         "only, and not for all models. Of several ways to write a model in a peer the fastest is shown; "
         "torch.compile is given one.",
    "e": "Seconds of a call. Ours is called from C, the peers from Python. \"of sgemm\": the model's operations a "
         "second as a part of those of `cblas_sgemm` on 512 x 512 matrices. \"of reading\": what it takes to read "
         "the model's parameters once, and nothing else, as a part of our time. The greater of the two is nearer to "
         "being the limit.",
    "p": "A call of `flip`, whose x the batch shares, by the package `cajal`; `both` is with the gradients of all "
         "inputs. \"in C\": the same function of the same shared object, called by a loop in C. The Function is an "
         "`autograd.Function` in Python that allocates what the layer allocates; `2 * n` is PyTorch's own. Then the program of xor that joins "
         "the answers of two networks: as a layer, in the way of the paper's prototype, and written by hand. With "
         "networks `xor` it is a training step with Adam of two modules of PyTorch, and without any forward and "
         "backward of the program alone.",
    "s": "A step of Examples/science on all trajectories of train.csv, in double precision: forward through all rounds, "
         "loss, backward, Adam; a run is as many of them as the table says. PyTorch runs the same equations with the "
         "same nets, from the same weights. \"losses\": the largest relative difference in the first 100 steps.",
    "f": "Peers: the first training step at batch 64, in a fresh process without caches. Ours: cajal2c and gcc.",
    "g": "The largest resident memory of a process that trains at batch 64; of the peers' processes Python, NumPy "
         "and the imported peer are part, as the last columns say. `workspace` is what a call of our model needs "
         "beside its arguments.",
}

# The columns of a peer's package in each row, should the package take no part.
PEER_COLUMNS = {
    "a": {"torch": ["PyTorch closures"], "jax": ["JAX"], "casadi": ["CasADi"]},
    "b": {"torch": ["PyTorch"], "jax": ["JAX"]},
    "c": {"torch": ["PyTorch"], "jax": ["JAX"]},
    "d": {"torch": ["PyTorch eager", "torch.compile"], "jax": ["JAX"]},
    "e": {"torch": ["PyTorch eager", "torch.compile"], "jax": ["JAX"]},
    "fg": {"torch": ["PyTorch eager", "torch.compile"], "jax": ["JAX"]},
    "p": {},
    "s": {"torch": ["PyTorch eager"]},
}


def absent_columns(line):
    """The columns of peers that took no part in a row, with why."""
    absent = line.get("absent", {})
    return {column: absent[package] for package, columns in PEER_COLUMNS[line["row"]].items() if package in absent
            for column in columns}


def microseconds(seconds):
    """Three digits, in a unit that fits."""
    for factor, unit in ((1e9, "ns"), (1e6, "µs"), (1e3, "ms")):
        if seconds * factor < 1000:
            return f"{seconds * factor:.3g} {unit}"
    return f"{seconds:.3g} s"


def times(ratio):
    return f"{ratio:.3g}" if ratio < 1000 else f"{ratio:.0f}"


def spread(result):
    return f"{times(result['ratio'])}× ({times(result['low'])}–{times(result['high'])})"


def mebibytes(count):
    return f"{count / 2**20:.1f} MiB" if count >= 1 << 20 else f"{count / 1024:.1f} KiB"


def column_of(name):
    """Forms of a peer share a column."""
    return name.split(",")[0]


# What takes part as a limit, and has no column of its own.
READING = "reading the parameters"
LIMITS = ("cblas_sgemm", READING)
# What calls from Python are compared with.
IN_C, NOTHING, PRODUCT = "in C", "a Function that computes nothing", "2 * n"


def share(line):
    """Our rate of operations as a part of sgemm's; None where sgemm took no part."""
    ours = line["results"][0]
    for result in line["results"][1:]:
        if result["name"] == "cblas_sgemm" and "ratio" in result:
            return result["ratio"] * ours["flops"] / result.get("flops", ours["flops"])
    return None


def reading_share(line):
    """The time of reading the parameters as a part of ours; None where that took no part."""
    return next((r["ratio"] for r in line["results"] if r["name"] == READING and "ratio" in r), None)


def percent(part):
    return "" if part is None else f"{100 * part:.0f} %"


def table(header, rows):
    """Markdown, the columns as wide as what is in them."""
    cells = [header, *rows]
    widths = [max(len(str(row[i])) for row in cells) for i in range(len(header))]

    def line(row):
        return "| " + " | ".join(str(cell).ljust(width) for cell, width in zip(row, widths)) + " |"
    return "\n".join([line(header), "|" + "|".join("-" * (width + 2) for width in widths) + "|", *map(line, rows)])


def races(lines):
    """The table of rows a to e: ours, the shares of the limits, how many times as long the others take."""
    keys = list(lines[0]["key"])
    threads = len({line["threads"] for line in lines}) > 1
    peers, limited = [], any(share(line) is not None for line in lines)
    read = any(reading_share(line) is not None for line in lines)
    for line in lines:
        for result in line["results"][1:]:
            column = column_of(result["name"])
            if column not in peers and column not in LIMITS:
                peers.append(column)
    absent = absent_columns(lines[0])
    header = [*keys, *(["threads"] if threads else []), "ours", *(["GFLOP/s", "of sgemm"] if limited else []),
              *(["of reading"] if read else []), *peers, *absent]
    rows = []
    for line in lines:
        row = [*line["key"].values(), *([line["threads"]] if threads else [])]
        ours, others = line["results"][0], {}
        if "refused" in ours:
            rows.append([*row, *[""] * (len(header) - len(row) - 1), "; ".join(
                f"{r['name']}: {r['refused']}" for r in line["results"] if r["refused"] != "not timed")])
            continue
        row.append(microseconds(ours["seconds"]))
        if limited:
            part = share(line)
            row += ["" if part is None else f"{ours['flops'] / ours['seconds'] / 1e9:.3g}", percent(part)]
        if read:
            row.append(percent(reading_share(line)))
        for result in line["results"][1:]:
            form = result["name"].partition(",")[2]
            text = result["failed"] if "failed" in result else spread(result) + form
            others.setdefault(column_of(result["name"]), []).append(text)
        row += ["; ".join(others.get(peer, ["–"])) for peer in peers] + list(absent.values())
        rows.append(row)
    return table(header, rows)


def python_calls(lines):
    """Calls from Python: what they cost, and what of it is not the compiled code."""
    chosen = [line for line in lines if "from" in line["key"]]
    rows = []
    for line in chosen:
        by_name = {result["name"]: result for result in line["results"]}
        ours = line["results"][0]
        if "beyond" in ours:
            cells = [microseconds(ours["seconds"]), microseconds(by_name[IN_C]["seconds"]), microseconds(ours["beyond"]),
                     *(spread(by_name[name]) if name in by_name else "–" for name in (NOTHING, PRODUCT))]
        else:
            cells = ["; ".join(f"{r['name']}: {r['refused']}" for r in line["results"]), "", "", "", ""]
        rows.append([*line["key"].values(), *cells])
    return table([*chosen[0]["key"], "ours", IN_C, "beyond C", NOTHING, PRODUCT], rows) if rows else ""


def python_rows(lines):
    steps = [line for line in lines if "networks" in line["key"]]
    return "\n\n".join(text for text in (python_calls(lines), races(steps) if steps else "") if text)


def parts(lines):
    """Where our training steps spend their time."""
    chosen = [line for line in lines if "parts" in line["results"][0]]
    names = [name for name in chosen[0]["results"][0]["parts"] if name != "seconds"] if chosen else []
    rows = []
    for line in chosen:
        found = line["results"][0]["parts"]
        whole = sum(found[name] for name in names)
        rows.append([*line["key"].values(), line["threads"], *(f"{100 * found[name] / whole:.0f} %" for name in names)])
    return table([*chosen[0]["key"], "threads", *names], rows) if rows else ""


COST_NOTE = (
    "What `cajal2c check --cost` says that a batch costs, beside what was measured on one thread. It counts what is "
    "scheduled for all gradients; a training step does not ask for that of the data.")


def costs(lines):
    """The model of cost beside the measurement: of every model one batch, on one thread."""
    rows, seen = [], set()
    for line in (line for line in lines if line["threads"] == 1 and "cost" in line["results"][0]):
        model, batch = line["key"]["model"], line["key"]["batch"]
        if batch != 64 or model in seen:
            continue
        seen.add(model)
        ours, sgemm = line["results"][:2]
        for which, cost in ours["cost"].items():
            seconds = ours["parts"][which]
            rows.append([model, which, f"{cost['operations'] / 1e6:.3g} M", f"{cost['bytes'] / 1e6:.3g} MB",
                         microseconds(cost["operations"] * sgemm["seconds"] / sgemm["flops"]), microseconds(seconds),
                         f"{cost['bytes'] / seconds / 1e9:.1f}"])
    header = ["model, 64 samples", "pass", "operations", "bytes moved", "at sgemm's rate", "measured", "GB/s moved"]
    return f"{COST_NOTE}\n\n{table(header, rows)}" if rows else ""


def limits_table(lines):
    """What is kept under `sgemm` is operations a second, all else bytes."""
    names = list(lines[0]["key"])
    header = ["cblas_sgemm, GFLOP/s" if name == "sgemm" else f"{name}, GB/s" for name in names]
    rows = [[line["threads"], *(f"{line['key'][name] / 1e9:.1f}" for name in names)] for line in lines]
    return table(["threads", *header], rows)


def peer_cells(line, describe):
    """What each peer of a model came to, or why there is nothing."""
    cells = dict.fromkeys(("PyTorch eager", "torch.compile", "JAX"), "–") | absent_columns(line)
    for result in line["results"][1:]:
        cells[result["name"]] = result.get("failed") or describe(result)
    return list(cells.values())


def compile_tables(lines):
    examples = [line for line in lines if line["key"]["kind"] == "example"]
    models = [line for line in lines if line["key"]["kind"] == "model"]
    texts = []
    if models:
        rows = []
        for line in models:
            ours = line["results"][0]
            row = [line["key"]["model"], microseconds(ours["compiler"]), microseconds(ours["seconds"])]
            rows.append(row + peer_cells(
                line, lambda result: f"{microseconds(result['seconds'])} "
                                     f"({times(result['seconds'] / ours['seconds'])}×)"))
        texts.append(table(["model", "cajal2c", "cajal2c and gcc", "PyTorch eager", "torch.compile", "JAX jit"], rows))
    if examples:
        slowest = sorted(examples, key=lambda line: -line["results"][0]["seconds"])
        rows = [[line["key"]["file"], microseconds(line["results"][0]["seconds"])] for line in slowest]
        texts.append(table(["example", "cajal2c alone"], rows))
    return "\n\n".join(texts)


def memory_table(lines):
    rows = []
    for line in (line for line in lines if line["key"]["kind"] == "model"):
        ours = line["results"][0]
        row = [line["key"]["model"], mebibytes(ours["peak_bytes"]), mebibytes(ours["workspace"])]
        rows.append(row + peer_cells(
            line, lambda result: f"{mebibytes(result['peak_bytes'])} (imports: {mebibytes(result['import_bytes'])})"))
    return table(["model", "ours", "workspace", "PyTorch eager", "torch.compile", "JAX"], rows) if rows else ""


def system_memory(lines):
    """Workspaces of row b against the horizon."""
    rows = [[line["key"]["A"], line["key"]["dimension"], line["key"]["horizon"],
             mebibytes(line["results"][0]["workspace"]),
             f"{line['results'][0]['seconds'] / (line['key']['horizon'] - 1) * 1e9:.3g} ns"]
            for line in lines if line["key"]["pass"] == "both" and line["key"]["matrices"] == "one"
            and line["key"]["dimension"] in (2, 16) and "workspace" in line["results"][0]]
    rows.sort(key=lambda row: (row[0], row[1], row[2]))
    return table(["A", "dimension", "horizon", "workspace", "ours, a round"], rows) if rows else ""


def goals_table(goals):
    return table(["goal", "to be reached", "reached", ""], goals)


def command_of(lines):
    """The command that measured a row; None where that was not kept."""
    return next((line["command"] for line in lines if "command" in line), None)


def markdown(machine, lines, goals):
    """The whole report."""
    texts = ["# What `make bench` measured",
             "Times are medians. Of peers it is said how many times as long as ours they take: the median of the "
             "ratios within a turn, and its quartiles.",
             "\n".join(f"- {name}: {value}" for name, value in machine.items())]
    # Limits are measured in every run.
    command = command_of([line for line in lines if line["row"] == "limits"])
    if command:
        texts.append(f"The last run was `{command}`. A row that an earlier one has measured says so.")
    by_row = {}
    for line in lines:
        for row in ("f", "g") if line["row"] == "fg" else (line["row"],):
            by_row.setdefault(row, []).append(line)
    for row, title in TITLES.items():
        found = by_row.get(row, [])
        if not found:
            continue
        texts += [f"## {title}", *([NOTES[row]] if row in NOTES else [])]
        of_row = command_of(found)
        if command and of_row != command:
            texts.append(f"Measured before, by `{of_row}`." if of_row else "Measured before.")
        texts += [f"**{line['ended']}**" for line in found if "ended" in line]
        found = [line for line in found if "ended" not in line]
        if not found:
            continue
        if row == "limits":
            texts.append(limits_table(found))
        elif row == "f":
            texts.append(compile_tables(found))
        elif row == "g":
            texts.append(memory_table(found))
        elif row == "p":
            texts.append(python_rows(found))
        else:
            texts.append(races(found))
        if row == "b":
            texts += ["Workspace and time against the horizon:", system_memory(found)]
        if row == "d":
            texts += ["Where our steps spend their time:", parts(found), costs(found)]
    if goals:
        texts += ["## Goals", goals_table(goals)]
    return "\n\n".join(text for text in texts if text) + "\n"


def write_csv(path, lines):
    """A row for each result, with all that is known of it."""
    lines = [line for line in lines if "ended" not in line]
    keys, fields = [], []
    for line in lines:
        keys += [key for key in line["key"] if key not in keys]
        for result in line["results"]:
            fields += [field for field in result if field not in fields and field not in ("parts", "cost")]
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["row", "threads", *keys, *fields])
        for line in lines:
            for result in line["results"] or [{}]:
                writer.writerow([line["row"], line["threads"], *(line["key"].get(key, "") for key in keys),
                                 *(result.get(field, "") for field in fields)])
