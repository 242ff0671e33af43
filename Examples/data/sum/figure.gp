# Accuracy by the length of the list.
width = 620
height = 400
load folder . "/common.gp"
set title "sums of images, trained on sums of two" font ",14"
set xlabel "images"
set ylabel "test accuracy of the sum"
set logscale x 2
set xrange [0.8:20]
set yrange [0:1]
set xtics (1, 2, 4, 8, 16)
set key at graph 0.98, 0.98 right top
plot points using 1:2 with linespoints linewidth 2 pointtype 7 pointsize 0.6 linecolor rgb 0x0072B2 \
    title "the program, with what was learnt", \
  points using 1:3 with lines linewidth 1.5 dashtype 2 linecolor rgb 0x555555 title "the accuracy of one image, to that power"
