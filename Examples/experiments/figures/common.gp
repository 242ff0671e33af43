# What all figures share: terminal, fonts, colours, names. Expects format (png or svg) and output_file; a figure sets
# width and height, in points, before it loads this.

if (format eq "svg") {
  set terminal svg size width, height font "DejaVu Sans,12" background rgb "white" rounded standalone enhanced
} else {
  # Twice the points, for screens with small pixels.
  set terminal pngcairo size 2 * width, 2 * height font "DejaVu Sans,12" fontscale 2 linewidth 2 pointscale 2 \
    background rgb "white" rounded enhanced
}
set output output_file
set encoding utf8
set datafile separator comma
set datafile columnheaders
set datafile missing "nan"

# Okabe and Ito's colours, told apart by every kind of eye; a model has the same one in all figures.
colour(model) = model eq "d" ? 0x0072B2 : model eq "d-bounded" ? 0x56B4E9 : model eq "d-state" ? 0x009E73 : \
  model eq "t" ? 0xE69F00 : model eq "i" ? 0xD55E00 : model eq "d-softmax" ? 0xCC79A7 : 0x111111
name(model) = model eq "d" ? "D" : model eq "d-bounded" ? "D, within l1 1" : model eq "d-state" ? "D-state" : \
  model eq "t" ? "T" : model eq "i" ? "I" : model eq "d-softmax" ? "D, softmax" : model eq "d-small" ? "D, small" : model
grey = 0x555555

title_of(experiment, transform) = (experiment eq "iterative" ? "Experiment 1: " : experiment eq "conditional" ? \
  "Experiment 2: " : "") . (transform eq "-" ? experiment : transform) . \
  (experiment eq "iterative" ? " as often as the class says" : \
  experiment eq "conditional" ? " as often as the class says, if that is odd" : "")

# What the rows of baselines.csv stand for.
without_learning(b) = b eq "identity" ? "the image itself" : b eq "constant" ? "always the same answer" : \
  "always " . substr(b, 10, strlen(b)) . " rounds"

set border 3 linewidth 0.75 linecolor rgb 0x333333
set tics nomirror out scale 0.6 textcolor rgb 0x333333
set grid xtics ytics linetype 1 linewidth 0.5 linecolor rgb 0xE4E4E4
set key reverse Left samplen 1.5 spacing 1.2

# Rows of results.csv and baselines.csv that belong to the figure.
here(_) = strcol("experiment") eq experiment && strcol("transform") eq transform
