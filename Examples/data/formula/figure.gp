# Errors of the automaton's value by the length of the formula.
width = 620
height = 400
load folder . "/common.gp"
set title "errors of 10 000 formulas" font ",14"
set xlabel "symbols"
set ylabel "error, of the magnitudes added up"
set logscale y
set yrange [1e-18:1e-4]
set format y "10^{%T}"
set xrange [0:32]
set key at graph 0.98, 0.46 right center
# What is exact stands at 10^-17.
near(x) = x < 1e-17 ? 1e-17 : x
plot points using (strcol(1) eq "floats" ? column(2) : NaN):(near(column(4))) with linespoints linewidth 1.5 \
    pointtype 7 pointsize 0.5 linecolor rgb 0xD55E00 title "floats, the largest", \
  points using (strcol(1) eq "floats" ? column(2) : NaN):(near(column(3))) with linespoints linewidth 1 \
    dashtype 2 linecolor rgb 0xD55E00 title "floats, the mean", \
  points using (strcol(1) eq "doubles" ? column(2) : NaN):(near(column(4))) with linespoints linewidth 1.5 \
    pointtype 7 pointsize 0.5 linecolor rgb 0x0072B2 title "doubles, the largest", \
  points using (strcol(1) eq "doubles" ? column(2) : NaN):(near(column(3))) with linespoints linewidth 1 \
    dashtype 2 linecolor rgb 0x0072B2 title "doubles, the mean"
