/* A line on the terminal that shows that something is happening; nothing where standard error is no terminal. */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stddef.h>

/* Seconds since some moment. */
double clock_seconds(void);

typedef struct progress {
  int shown;
  double began, last;
} progress;

progress progress_begin(void);
/* `done` of `total` pairs in this epoch; the mean training losses so far. */
void progress_show(progress *line, size_t epoch, size_t epochs, size_t done, size_t total, double loss,
                   double baseline_loss);
/* Removes the line. */
void progress_end(progress *line);

#endif
