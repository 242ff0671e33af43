/* The programs of xor.cajal, as their compiled module exports them. */
#ifndef PROGRAM_H
#define PROGRAM_H

#include <stddef.h>

typedef int program_forward(size_t batch, const float *a, size_t a_stride, const float *b, size_t b_stride,
                            float *result, void *work);
typedef int program_backward(size_t batch, const float *a, size_t a_stride, const float *b, size_t b_stride,
                             const float *result_bar, float *a_bar, float *b_bar, void *work);

typedef struct program {
  const char *name;
  int (*holds)(int a, int b); /* the same on truth values, for the labels */
  size_t (*workspace_bytes)(size_t batch, int keep);
  program_forward *forward, *forward_keep;
  program_backward *backward;
} program;

/* NULL if there is no program of this name. */
const program *program_named(const char *name);

#endif
