# What each model comes to over all seeds, learning rates and batches, early and at the end: a dot a run, a box from the
# first to the third quartile with the median. Expects moments: step numbers, end. In the manner of Figs. 15 and 16 of arXiv:2511.14953.

width = 900
height = 420
load folder . "/common.gp"

# The row of a run at a step (early), or its last one; model number, value.
rows(moment, value) = "< awk -F, -v experiment='" . experiment . "' -v transform='" . transform . "' -v models='" . \
  models . "' -v moment='" . moment . "' -v value='" . value . "' -f '" . folder . "/last_rows.awk' '" . results . "'"

set multiplot
set label 1 title_of(experiment, transform) at screen 0.075, 0.945 font ",14" textcolor rgb 0x111111
set key off
set boxwidth 0.5
set style fill solid 0.25 border
set style boxplot nooutliers
set xrange [0.4 : words(models) + 0.6]
set xtics () scale 0
do for [m = 1 : words(models)] { set xtics add (name(word(models, m)) m) }
unset grid
set grid ytics linetype 1 linewidth 0.5 linecolor rgb 0xE4E4E4

heading(moment) = moment eq "end" ? "at the end" : "after " . moment . " steps"
place = 0.075
do for [value in "psnr test_l1_pm1"] {
  # One scale for both moments. Statistics leave out what is outside of the range that is set.
  set yrange [*:*]
  stats baselines using (here(0) ? column(value) : NaN) nooutput
  low = STATS_min
  high = STATS_max
  do for [moment in moments] {
    stats rows(moment, value) using 2 nooutput
    low = low < STATS_min ? low : STATS_min
    high = high > STATS_max ? high : STATS_max
  }
  if (value eq "psnr") {
    unset logscale y
    set ytics autofreq
    set yrange [low - 0.05 * (high - low) : high + 0.05 * (high - low)]
  } else {
    set logscale y
    set yrange [low / 1.2 : high * 1.2]
    set ytics (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 100)
  }
  do for [moment in moments] {
    set lmargin at screen place
    set rmargin at screen place + 0.18
    set tmargin at screen 0.80
    set bmargin at screen 0.14
    set title heading(moment) font ",11" offset 0, -0.5 textcolor rgb 0x333333
    if (moment ne word(moments, 1)) {
      unset ylabel
      set format y ""
    } else {
      set ylabel (value eq "psnr" ? "PSNR, dB" : "test L1, scale −1 to 1") offset 0.5
      set format y "%g"
    }
    # A boxplot wants its factors one at a time.
    plot for [m = 1 : words(models)] rows(moment, value) using (column(1) == m ? column(1) : NaN):2 \
        with boxplot linewidth 1.2 linecolor rgb colour(word(models, m)), \
      for [m = 1 : words(models)] rows(moment, value) using (column(1) == m ? column(1) + column(3) : NaN):2 \
        with points pointtype 7 pointsize 0.35 linecolor rgb colour(word(models, m)), \
      baselines using (0.4):(here(0) ? column(value) : NaN):(words(models) + 0.2):(0) \
        with vectors nohead linewidth 1 dashtype 2 linecolor rgb grey
    unset label 1
    place = place + (moment eq "end" ? 0.29 : 0.20)
  }
}
unset multiplot
