# How the figure of `make bench` looks. Expects format (png or svg), output_file, width and height; ytics and the data come
# after.
if (format eq "svg") {
  set terminal svg size width, height font "DejaVu Sans,11" background rgb "white" rounded standalone enhanced
} else {
  # Twice the points, for screens with small pixels.
  set terminal pngcairo size 2 * width, 2 * height font "DejaVu Sans,11" fontscale 2 linewidth 2 pointscale 2 \
    background rgb "white" rounded noenhanced
}
set output output_file
set encoding utf8
set logscale x
set format x "%g"
set xlabel "times as long as ours: median of the ratios, and quartiles"
set border 3 linewidth 0.75 linecolor rgb 0x333333
set tics nomirror out scale 0.6 textcolor rgb 0x333333
set grid xtics ytics linetype 1 linewidth 0.5 linecolor rgb 0xE4E4E4
set key outside right top reverse Left samplen 1 spacing 1.2
# Ours.
set arrow 1 from 1, graph 0 to 1, graph 1 nohead linecolor rgb 0x333333 linewidth 1.5 back
