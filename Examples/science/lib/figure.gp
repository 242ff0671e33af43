# The learnt functions beside the true ones, and a trajectory outside of the training range. Expects folder (of common.gp),
# points (the example's output), format, output_file.
panels = int(system("tail -n +2 '" . points . "/panels.csv' | wc -l"))
cell(row, column) = system(sprintf("awk -F, 'NR == %d { print $%d }' '%s/panels.csv'", row + 1, column, points))
width = 380 * panels
height = 360
load folder . "/common.gp"
set multiplot layout 1, panels
set key below horizontal font ",10" samplen 1
set tics font ",10"
do for [i = 1:panels] {
  file = points . "/panel-" . (i - 1) . ".csv"
  set title cell(i, 3) noenhanced font ",14"
  set xlabel cell(i, 2) noenhanced
  low = real(cell(i, 4)); high = real(cell(i, 5))
  unset object
  if (low == low) {
    set object 1 rectangle from first low, graph 0 to first high, graph 1 fillcolor rgb 0xF2F2F2 fillstyle solid noborder behind
  }
  true_one = "file using 1:2 with lines linewidth 5 linecolor rgb 0xBBBBBB title 'true'"
  learnt = "file using 1:3 with lines linewidth 1.5 linecolor rgb 0x0072B2 title 'learnt'"
  other = strlen(cell(i, 6)) == 0 ? "" : ", file using 1:4 with lines linewidth 1.5 dashtype 2 linecolor rgb 0xD55E00 title '" \
    . (cell(i, 6) eq "box" ? "black box" : cell(i, 6)) . "'"
  eval "plot " . true_one . other . ", " . learnt
}
unset multiplot
