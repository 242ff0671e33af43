/* A program or a model of a module, called through the structures of cajal.h, and the buffers of one call. */
#ifndef GUEST_H
#define GUEST_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cajal.h"

typedef struct subject {
  const cajal_program *program; /* or NULL */
  const cajal_model *model;
} subject;

#define FIELD(s, field) ((s)->program ? (s)->program->field : (s)->model->field)

static size_t subject_count(const cajal_module *module) { return module->program_count + module->model_count; }

static subject subject_of(const cajal_module *module, size_t index) {
  if (index < module->program_count) return (subject){module->programs[index], NULL};
  return (subject){NULL, module->models[index - module->program_count]};
}

static size_t parameter_count(const subject *s) { return s->model ? s->model->parameter_count : 0; }

enum { MOST_INPUTS = 8 };

typedef struct arguments {
  size_t batch;
  const void *params;
  const void *const *in;
  const size_t *stride;
  void *out;
  const void *out_bar;
  void *params_bar;
  void *const *in_bar;
  void *work;
  /* Of backward_each. */
  const size_t *bar_stride;
  size_t params_bar_stride;
} arguments;

typedef enum which { FORWARD, FORWARD_KEEP, BACKWARD, BACKWARD_EACH } which;

static const int kept_by[] = {0, 1, 1, 2};

static int call(const subject *s, which function, const arguments *a) {
  if (s->program) {
    const cajal_program *p = s->program;
    if (function == BACKWARD_EACH) {
      return p->backward_each(a->batch, a->in, a->stride, a->out_bar, a->in_bar, a->bar_stride, a->work);
    }
    if (function == BACKWARD) return p->backward(a->batch, a->in, a->stride, a->out_bar, a->in_bar, a->work);
    return (function == FORWARD ? p->forward : p->forward_keep)(a->batch, a->in, a->stride, a->out, a->work);
  }
  const cajal_model *m = s->model;
  if (function == BACKWARD_EACH) {
    return m->backward_each(a->batch, a->params, a->in, a->stride, a->out_bar, a->params_bar, a->params_bar_stride,
                            a->in_bar, a->bar_stride, a->work);
  }
  if (function == BACKWARD) {
    return m->backward(a->batch, a->params, a->in, a->stride, a->out_bar, a->params_bar, a->in_bar, a->work);
  }
  return (function == FORWARD ? m->forward : m->forward_keep)(a->batch, a->params, a->in, a->stride, a->out, a->work);
}

/* The buffers of a call: what is read is small numbers, what is written is all ones. */
typedef struct buffers {
  arguments a;
  void *in[MOST_INPUTS], *in_bar[MOST_INPUTS];
  size_t stride[MOST_INPUTS], bar_stride[MOST_INPUTS];
  size_t out_bytes, params_bytes, in_bytes[MOST_INPUTS], work_bytes;
  size_t params_bar_bytes, in_bar_bytes[MOST_INPUTS];
} buffers;

static void *room(size_t bytes) {
  void *room = aligned_alloc(64, (bytes + 63) / 64 * 64 + 64);
  if (room == NULL) abort();
  memset(room, 0xff, bytes + 64);
  return room;
}

static void *numbers(size_t bytes, size_t real_bytes, uint32_t seed) {
  void *reals = room(bytes);
  for (size_t i = 0; i < bytes / real_bytes; i++) {
    seed = seed * 1664525u + 1013904223u;
    const double value = (double)(seed >> 8) / (1 << 24) * 0.2;
    if (real_bytes == 4) ((float *)reals)[i] = (float)value;
    else ((double *)reals)[i] = value;
  }
  return reals;
}

/* Every other input is shared by the batch if `shares`. Gradients have room for those of each sample. */
static buffers *new_buffers(const subject *s, size_t batch, int shares) {
  const size_t real = FIELD(s, real_bytes), count = FIELD(s, input_count);
  buffers *b = calloc(1, sizeof *b);
  if (b == NULL || count > MOST_INPUTS) abort();
  b->out_bytes = batch * FIELD(s, output)->size * real;
  b->params_bytes = parameter_count(s) * real;
  b->params_bar_bytes = batch * b->params_bytes;
  b->work_bytes = FIELD(s, workspace_bytes)(batch, 2);
  if (FIELD(s, workspace_bytes)(batch, 0) > b->work_bytes) b->work_bytes = FIELD(s, workspace_bytes)(batch, 0);
  for (size_t i = 0; i < count; i++) {
    const size_t size = FIELD(s, inputs)[i]->size;
    b->stride[i] = shares && i % 2 == 0 ? 0 : size;
    b->in_bytes[i] = (b->stride[i] == 0 ? 1 : batch) * size * real;
    b->in[i] = numbers(b->in_bytes[i], real, (uint32_t)i + 1);
    b->bar_stride[i] = size;
    b->in_bar_bytes[i] = batch * size * real;
    b->in_bar[i] = room(b->in_bar_bytes[i]);
  }
  b->a = (arguments){.batch = batch,
                     .params = numbers(b->params_bytes, real, 77),
                     .in = (const void *const *)b->in,
                     .stride = b->stride,
                     .out = room(b->out_bytes),
                     .out_bar = numbers(b->out_bytes, real, 99),
                     .params_bar = room(b->params_bar_bytes),
                     .params_bar_stride = parameter_count(s),
                     .in_bar = b->in_bar,
                     .bar_stride = b->bar_stride,
                     .work = room(b->work_bytes)};
  return b;
}

static void delete_buffers(buffers *b) {
  for (size_t i = 0; i < MOST_INPUTS; i++) {
    free(b->in[i]);
    free(b->in_bar[i]);
  }
  free((void *)b->a.params);
  free(b->a.out);
  free((void *)b->a.out_bar);
  free(b->a.params_bar);
  free(b->a.work);
  free(b);
}

static inline uint64_t hash(uint64_t sum, const void *from, size_t bytes) {
  for (size_t i = 0; i < bytes; i++) sum = (sum ^ ((const unsigned char *)from)[i]) * 0x100000001b3u;
  return sum;
}

/* Of everything that the functions write, the workspace too if `all`. */
static inline uint64_t hash_of(const buffers *b, int all) {
  uint64_t sum = hash(0xcbf29ce484222325u, b->a.out, b->out_bytes);
  sum = hash(sum, b->a.params_bar, b->params_bar_bytes);
  for (size_t i = 0; i < MOST_INPUTS; i++) {
    if (b->in_bar[i]) sum = hash(sum, b->in_bar[i], b->in_bar_bytes[i]);
  }
  return all ? hash(sum, b->a.work, b->work_bytes) : sum;
}

#endif
