# The error of the learnt automaton by the length of a word.
width = 620
height = 400
load folder . "/common.gp"
set title "values of words, learnt from all words of up to 9 letters" font ",14"
set xlabel "letters"
set ylabel "mean |error|"
set logscale y
set format y "10^{%T}"
set xrange [8:33]
set key at graph 0.98, 0.6 right center
plot points using 1:3 with lines linewidth 1.5 dashtype 2 linecolor rgb 0x555555 title "always their mean", \
  points using 1:2 with linespoints linewidth 2 pointtype 7 pointsize 0.6 linecolor rgb 0x0072B2 title "the learnt automaton"
