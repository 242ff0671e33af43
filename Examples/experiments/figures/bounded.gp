# The loss of every batch and the norm of its gradient over the first steps: a thin line a seed, a thick one for the
# median. Expects models, steps_table (steps.csv).

width = 900
height = 640
load folder . "/common.gp"

last_step = 1
stats steps_table using (here(0) ? column("step") : NaN) nooutput
last_step = STATS_max
of_model(m) = "< awk -F, 'NR == 1 || $1 == \"" . experiment . "\" && $2 == \"" . transform . "\" && $3 == \"" . m . \
  "\" { if (NR > 2 && $4 != last) print \"\"; last = $4; print }' '" . steps_table . "'"
medians(m, value) = "< awk -F, -v experiment='" . experiment . "' -v transform='" . transform . "' -v model='" . m . \
  "' -v value='" . value . "' -f '" . folder . "/medians.awk' '" . steps_table . "'"

set multiplot
set label 1 title_of(experiment, transform) at screen 0.09, 0.965 font ",14" textcolor rgb 0x111111
set key off
set xrange [0:last_step]
set logscale y
set format y "10^{%T}"

do for [i = 1 : words(models)] {
  m = word(models, i)
  set lmargin at screen 0.09 + 0.47 * (i - 1)
  set rmargin at screen 0.09 + 0.47 * (i - 1) + 0.41
  do for [value in "train_l1_pm1 grad_norm"] {
    # Statistics leave out what is outside of the range that is set.
    set yrange [*:*]
    stats steps_table using (here(0) ? column(value) : NaN) nooutput
    set yrange [10.0 ** floor(log10(STATS_min)) : 10.0 ** ceil(log10(STATS_max))]
    if (value eq "train_l1_pm1") {
      set tmargin at screen 0.87
      set bmargin at screen 0.54
      set title name(m) font ",13" textcolor rgb colour(m) offset 0, -0.5
      unset xlabel
      if (i == 1) { set ylabel "loss of a batch, L1, scale −1 to 1" } else { unset ylabel }
    } else {
      set tmargin at screen 0.47
      set bmargin at screen 0.12
      unset title
      set xlabel "step"
      if (i == 1) { set ylabel "norm of the gradient" }
    }
    plot of_model(m) using "step":value with lines linewidth 0.6 linecolor rgb (0x90000000 + colour(m)), \
      medians(m, value) using 1:2 with lines linewidth 2.2 linecolor rgb colour(m)
    unset label 1
  }
}
unset multiplot
