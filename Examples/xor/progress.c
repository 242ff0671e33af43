#define _POSIX_C_SOURCE 200809L
#include "progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

double clock_seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

progress progress_begin(void) {
  const double now = clock_seconds();
  return (progress){.shown = isatty(STDERR_FILENO), .began = now, .last = now};
}

void progress_show(progress *line, size_t epoch, size_t epochs, size_t done, size_t total, double loss,
                   double baseline_loss) {
  if (!line->shown) return;
  const double now = clock_seconds();
  if (now - line->last < 0.1 && done < total) return;
  line->last = now;
  const double rate = (double)done / (now - line->began);
  fprintf(stderr, "\r\033[K  epoch %zu/%zu  %3zu%%  %.0f pairs/s  %.0f s left in it  training loss %.3f, baseline %.3f",
          epoch, epochs, 100 * done / total, rate, (double)(total - done) / rate, loss, baseline_loss);
  fflush(stderr);
}

void progress_end(progress *line) {
  if (line->shown) fputs("\r\033[K", stderr);
}
