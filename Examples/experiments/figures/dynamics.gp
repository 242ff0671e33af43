# Test L1 and PSNR of all models by step: the early steps on the left, the whole run on the right; a line a run.
# In the manner of Figs. 14 and 17 of arXiv:2511.14953.

width = 900
height = 640
load folder . "/common.gp"

early = early + 0
stats results using (here(0) ? column("step") : NaN) nooutput
last_step = STATS_max
stats results using (here(0) ? column("test_l1_pm1") : NaN) nooutput
least_l1 = STATS_min
stats baselines using (here(0) ? column("test_l1_pm1") : NaN) nooutput
least_l1 = least_l1 < STATS_min ? least_l1 : STATS_min
greatest_l1 = STATS_max
stats results using (here(0) && column("test_l1_pm1") < 2 ? column("test_l1_pm1") : NaN) nooutput
greatest_l1 = greatest_l1 > STATS_max ? greatest_l1 : STATS_max
stats results using (here(0) ? column("psnr") : NaN) nooutput
greatest_psnr = STATS_max
stats baselines using (here(0) ? column("psnr") : NaN) nooutput
greatest_psnr = greatest_psnr > STATS_max ? greatest_psnr : STATS_max


set multiplot
set label 1 title_of(experiment, transform) at screen 0.07, 0.965 font "DejaVu Sans,14" textcolor rgb 0x111111

left(i) = i == 0 ? 0.085 : 0.505
set key off

# A blank row between runs, so that lines do not join.
lines = "< awk -F, 'NR == 1 || $1 == \"" . experiment . "\" && $2 == \"" . transform . "\" { " . \
  "key = $3 FS $4 FS $5 FS $6 FS $7; if (NR > 2 && key != last) print \"\"; last = key; print }' '" . results . "'"

do for [i = 0:1] {
  set lmargin at screen left(i)
  set rmargin at screen left(i) + 0.36
  upper = i == 0 ? (early < last_step ? early : last_step) : last_step
  set xrange [0:upper]
  # Numbers of four digits need room.
  if (upper > 1000) { set xtics 2 * 10 ** (ceil(log10(upper)) - 1) } else { set xtics auto }
  set format x "%g"

  set tmargin at screen 0.915
  set bmargin at screen 0.565
  set logscale y
  set format y "%g"
  # What explodes leaves the panel.
  set yrange [0.8 * least_l1 : 1.5 * greatest_l1]
  unset xlabel
  if (i == 0) { set ylabel "test L1, scale −1 to 1" offset 0.5 } else { unset ylabel }
  plot for [m in models] lines using (strcol("model") eq m ? column("step") : NaN):(column("test_l1_pm1")) \
      with lines linewidth 1.5 linecolor rgb colour(m), \
    baselines using (0):(here(0) ? column("test_l1_pm1") : NaN):(upper):(0) \
      with vectors nohead linewidth 1 dashtype 2 linecolor rgb grey, \
    baselines using (upper):(here(0) && i == 1 ? column("test_l1_pm1") : NaN):(without_learning(strcol("baseline"))) \
      with labels left offset 0.5, 0 font ",10" textcolor rgb grey
  unset label 1

  set tmargin at screen 0.50
  set bmargin at screen 0.19
  unset logscale y
  set format y "%g"
  set yrange [0 : 5 * ceil((greatest_psnr + 1) / 5)]
  set xlabel "step"
  if (i == 0) { set ylabel "PSNR, dB" offset 0.5 }
  plot for [m in models] lines using (strcol("model") eq m ? column("step") : NaN):(column("psnr")) \
      with lines linewidth 1.5 linecolor rgb colour(m), \
    baselines using (0):(here(0) ? column("psnr") : NaN):(upper):(0) \
      with vectors nohead linewidth 1 dashtype 2 linecolor rgb grey, \
    baselines using (upper):(here(0) && i == 1 ? column("psnr") : NaN):(without_learning(strcol("baseline"))) \
      with labels left offset 0.5, 0 font ",10" textcolor rgb grey
}

# The key alone, below.
set lmargin at screen 0.05
set rmargin at screen 0.95
set tmargin at screen 0.08
set bmargin at screen 0.01
unset border
unset tics
unset grid
unset xlabel
unset ylabel
set key center center horizontal maxrows 2 maxcols 4 spacing 1.05
set xrange [0:1]
set yrange [0:1]
plot for [m in models] NaN with lines linewidth 3 linecolor rgb colour(m) title name(m), \
  NaN with lines linewidth 1 dashtype 2 linecolor rgb grey title "without learning"
unset multiplot
