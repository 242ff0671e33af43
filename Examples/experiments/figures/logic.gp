# Test accuracy by step of D, T and I on the four tasks of appendix C; a line a run. In the manner of Figs. 19, 21, 23
# and 25 of arXiv:2511.14953.

width = 900
height = 640
load folder . "/common.gp"

transform = "-"
tasks = "xor eq and or"
described(t) = t eq "xor" ? "xor: exactly one is even" : t eq "eq" ? "eq: both are even, or neither" : \
  t eq "and" ? "and: both are even" : "or: at least one is even"
lines(t) = "< awk -F, 'NR == 1 || $1 == \"" . t . "\" { " . \
  "key = $3 FS $4 FS $5 FS $6 FS $7; if (NR > 2 && key != last) print \"\"; last = key; print }' '" . results . "'"

stats results using "step" nooutput
last_step = STATS_max
set multiplot
set key off
set xrange [0:last_step]
set yrange [0.45:1]
do for [i = 0:3] {
  t = word(tasks, i + 1)
  experiment = t
  set lmargin at screen 0.08 + 0.48 * (i % 2)
  set rmargin at screen 0.08 + 0.48 * (i % 2) + 0.41
  set tmargin at screen i < 2 ? 0.94 : 0.51
  set bmargin at screen i < 2 ? 0.62 : 0.19
  set title described(t) font ",12" textcolor rgb 0x111111 offset 0, -0.4
  if (i > 1) { set xlabel "step" }
  if (i % 2 == 0) { set ylabel "test accuracy" offset 0.5 } else { unset ylabel }
  plot for [m in models] lines(t) using (strcol("model") eq m ? column("step") : NaN):(column("accuracy")) \
      with lines linewidth 1.5 linecolor rgb colour(m), \
    baselines using (0):(here(0) ? column("accuracy") : NaN):(last_step):(0) \
      with vectors nohead linewidth 1 dashtype 2 linecolor rgb grey
}

set lmargin at screen 0.05
set rmargin at screen 0.95
set tmargin at screen 0.09
set bmargin at screen 0.01
unset border
unset tics
unset grid
unset xlabel
unset ylabel
unset title
set key center center horizontal maxrows 1
set xrange [0:1]
set yrange [0:1]
plot for [m in models] NaN with lines linewidth 3 linecolor rgb colour(m) title name(m), \
  NaN with lines linewidth 1 dashtype 2 linecolor rgb grey title "always the same answer"
unset multiplot
