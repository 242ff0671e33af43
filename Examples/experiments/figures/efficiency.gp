# Test L1 at the end of training against the number of training images; a dot a run, a line through the means.

width = 760
height = 520
load folder . "/common.gp"

ends = "< awk -F, -v experiment='" . experiment . "' -v transform='" . transform . "' -v all=" . all_images . \
  " -f '" . folder . "/by_images.awk' '" . results . "'"

set lmargin at screen 0.11
set rmargin at screen 0.80
set tmargin at screen 0.90
set bmargin at screen 0.20
set label title_of(experiment, transform) at screen 0.11, 0.95 font ",14" textcolor rgb 0x111111
set logscale xy
set xlabel "training images"
set ylabel "test L1, scale −1 to 1"
stats ends using 2 nooutput
left = STATS_min / 1.3
right = STATS_max * 1.3
stats ends using 3 nooutput
low = STATS_min
high = STATS_max
stats baselines using (here(0) ? column("test_l1_pm1") : NaN) nooutput
low = low < STATS_min ? low : STATS_min
high = high > STATS_max ? high : STATS_max
set xrange [left:right]
set yrange [low / 1.2 : high * 1.2]
set xtics (100, 300, 1000, 3000, 10000, 60000)
set ytics (0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.3, 0.5, 1)
set format "%g"
set key at screen 0.455, 0.02 center bottom horizontal maxrows 1

plot for [m in models] ends using (strcol(1) eq m ? column(2) : NaN):3 smooth unique with lines linewidth 2 \
    linecolor rgb colour(m) title name(m), \
  for [m in models] ends using (strcol(1) eq m ? column(2) : NaN):3 with points pointtype 7 pointsize 0.6 \
    linecolor rgb colour(m) notitle, \
  baselines using (left):(here(0) ? column("test_l1_pm1") : NaN):(right - left):(0) \
    with vectors nohead linewidth 1 dashtype 2 linecolor rgb grey notitle, \
  baselines using (right):(here(0) ? column("test_l1_pm1") : NaN):(without_learning(strcol("baseline"))) \
    with labels left offset 0.5, 0 font ",10" textcolor rgb grey notitle
