# Accuracy by the depth of the trees: a line a seed of the tables, and the network.
width = 620
height = 400
load folder . "/common.gp"
set title "operations learnt from trees at most 4 deep" font ",14"
set xlabel "depth of the tree"
set ylabel "test accuracy"
set xrange [0:42]
set yrange [0:1.02]
set xtics (4, 10, 20, 40)
set key at graph 0.04, 0.06 left bottom
plot for [seed = 0:9] points using (strcol(1) eq "tables" && column(2) == seed ? column(3) : NaN):4 \
    with linespoints linewidth 1.5 pointtype 7 pointsize 0.5 linecolor rgb 0x0072B2 \
    title (seed == 0 ? "tables, ten seeds" : ""), \
  points using (strcol(1) eq "network" ? column(3) : NaN):4 \
    with linespoints linewidth 1.5 pointtype 7 pointsize 0.5 linecolor rgb 0xD55E00 title "a network at each node"
