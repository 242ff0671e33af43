# Outputs for some test images over the time of training: a row for each image and model; the input, the outputs after
# more and more steps, the target. Expects models, runs (a folder for each model), steps, images (their number).

cell = 30.0
gap = 8.0
images = images + 0
n = words(models)
columns_ = words(steps) + 2
plot_width = columns_ * cell + 2 * gap
plot_height = images * (n * cell + gap)
scale = 2.1
side = 120
width = int(scale * plot_width + side + 10)
width = width < 640 ? 640 : width
height = int(scale * plot_height + 70)
load folder . "/common.gp"

set lmargin at screen real(side) / width
set rmargin at screen real(side + scale * plot_width) / width
set bmargin at screen 6.0 / height
set tmargin at screen (6.0 + scale * plot_height) / height
set xrange [0 : plot_width]
set yrange [0 : plot_height]
unset border
unset tics
unset grid
unset key
unset colorbox
set palette gray
set cbrange [0:1]
set datafile nocolumnheaders

# The place of a column (0 is the input, the last one the target) and of a row.
x(c) = c * cell + (c > 0 ? gap : 0) + (c == columns_ - 1 ? gap : 0) + 1
y(k, m) = plot_height - k * (n * cell + gap) - m * cell + 1

set label title_of(experiment, transform) at screen real(side) / width, 1 - 18.0 / height font ",14" textcolor rgb 0x111111
do for [c = 0 : columns_ - 1] {
  set label (c == 0 ? "input" : c == columns_ - 1 ? "target" : word(steps, c) . (c == 1 ? " steps" : "")) \
    at x(c) + 14, plot_height + 5 center font ",11" textcolor rgb 0x333333
}
do for [k = 0 : images - 1] {
  do for [m = 1 : n] {
    set label name(word(models, m)) at -5, y(k, m) + 14 right font ",12" textcolor rgb colour(word(models, m))
  }
}

file(m, s) = word(runs, m) . "/snapshots/" . s . ".npy"
# The array of an .npy file of cajal-train begins at byte 128.
plot for [k = 0 : images - 1] for [m = 1 : n] file(m, "input-x") binary skip = (128 + k * 3136) array = (28, 28) \
    format = "%float32" flip = y origin = (x(0), y(k, m)) with image, \
  for [k = 0 : images - 1] for [m = 1 : n] for [c = 1 : words(steps)] file(m, word(steps, c)) \
    binary skip = (128 + k * 3136) array = (28, 28) format = "%float32" flip = y origin = (x(c), y(k, m)) \
    with image, \
  for [k = 0 : images - 1] for [m = 1 : n] file(m, "target") binary skip = (128 + k * 3136) array = (28, 28) \
    format = "%float32" flip = y origin = (x(columns_ - 1), y(k, m)) with image
