/* The command line of the trainer. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stddef.h>
#include <stdint.h>

typedef struct options {
  const char *program, *data;
  size_t epochs, batch, threads; /* threads: of OpenBLAS */
  float rate;
  uint64_t seed;
} options;

/* Ends the program after --help (status 0) and on wrong usage (status 2). */
options options_parse(int count, char **words);

#endif
