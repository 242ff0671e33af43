# Test L1 against the number of training images.

function cell(group, model, images, name,   r) {
  clear()
  for (r = 1; r <= run_count; r++)
    if (run_group[r] == group && run_model[r] == model && run_images[r] == images) sample(measured[r, "end", name])
  return summary("%.4f")
}

function by_size(a, b) { return (a == "all" ? 1e12 : a + 0) < (b == "all" ? 1e12 : b + 0) }

function table(group,   r, i, j, x, models, sizes, seen, steps) {
  models = sizes = 0
  for (r = 1; r <= run_count; r++) {
    if (run_group[r] != group) continue
    if (!(("m", run_model[r]) in seen)) model[++models] = run_model[r]
    if (!(("s", run_images[r]) in seen)) size[++sizes] = run_images[r]
    seen["m", run_model[r]] = seen["s", run_images[r]] = 1
    if (run_steps[r] + 0 > steps) steps = run_steps[r] + 0
  }
  for (i = 2; i <= sizes; i++) {
    x = size[i]
    for (j = i - 1; j > 0 && by_size(x, size[j]); j--) size[j + 1] = size[j]
    size[j + 1] = x
  }
  heading(group)
  printf "After %s steps, whatever the number of images.\n\n| training images |", steps
  for (i = 1; i <= models; i++) printf " %s: test L1 | PSNR, dB |", label(model[i])
  printf "\n|---:|"
  for (i = 1; i <= models; i++) printf "---:|---:|"
  print ""
  for (j = 1; j <= sizes; j++) {
    printf "| %s |", size[j]
    for (i = 1; i <= models; i++) {
      printf " %s |", cell(group, model[i], size[j], "test_l1_pm1")
      cell(group, model[i], size[j], "psnr")
      printf " %s |", summary("%.1f")
    }
    print ""
  }
  print ""
  for (i = 1; i <= baseline_count[group]; i++)
    printf "Without learning, %s: test L1 %.4f, PSNR %.1f dB.  \n", baseline_text(baseline_name[group, i]),
      baseline[group, i, "test_l1_pm1"], baseline[group, i, "psnr"]
}

END { for (g = 1; g <= group_count; g++) table(groups[g]) }
