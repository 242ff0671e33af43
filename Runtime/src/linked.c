/* Programs and models with tables. Compiled code reads reals alone: here children and counts are checked, and handed on
 * as reals, at the start of the workspace. */
#include "cajal_kernels.h"

#include "rounded_up.h"

static size_t real_bytes(const cajal_linked *l) {
  return l->program != NULL ? l->program->real_bytes : l->model->real_bytes;
}

static size_t input_count(const cajal_linked *l) {
  return l->program != NULL ? l->program->input_count : l->model->input_count;
}

static size_t output_size(const cajal_linked *l) {
  return l->program != NULL ? l->program->output->size : l->model->output->size;
}

static size_t inner_bytes(const cajal_linked *l, size_t batch, int keep) {
  return l->program != NULL ? l->program->workspace_bytes(batch, keep) : l->model->workspace_bytes(batch, keep);
}

/* Children and counts of a sample, in numbers. */
static size_t nodes_size(const cajal_table *t) {
  return t->arity == 0 ? 1 : t->rows * t->arity;
}

/* What is before the workspace of the compiled code: two pointers and a stride for each input, and the nodes of every
 * table as reals. SIZE_MAX: too large. */
static size_t prefix_bytes(const cajal_linked *l, size_t batch) {
  size_t total = rounded_up(input_count(l) * (2 * sizeof(void *) + sizeof(size_t)));
  for (size_t k = 0; k < l->table_count; k++) {
    const size_t sample = nodes_size(&l->tables[k]) * real_bytes(l);
    if (batch > (SIZE_MAX / 2 - total) / sample) return SIZE_MAX;
    total += rounded_up(batch * sample);
  }
  return total;
}

size_t cajal_linked_bytes(const cajal_linked *l, size_t batch, int keep) {
  const size_t prefix = prefix_bytes(l, batch), inner = inner_bytes(l, batch, keep);
  return prefix == SIZE_MAX || inner > SIZE_MAX - prefix ? SIZE_MAX : prefix + inner;
}

static const cajal_table *table_of_nodes(const cajal_linked *l, size_t input) {
  for (size_t k = 0; k < l->table_count; k++) {
    if (l->tables[k].nodes == input) return &l->tables[k];
  }
  return NULL;
}

/* Whether every count and every child is in its range. */
static int are_in_range(const cajal_table *t, size_t batch, const int32_t *nodes, size_t stride) {
  for (size_t b = 0; b < (stride == 0 ? 1 : batch); b++, nodes += stride) {
    if (cajal_misplaced_node(t->rows, t->arity == 0 ? 1 : t->arity, nodes) != SIZE_MAX) return 0;
  }
  return 1;
}

static int check_inputs(const cajal_linked *l, size_t batch, const void *params, const void *const in[],
                        const size_t stride[]) {
  if (batch == 0 || in == NULL || stride == NULL) return CAJAL_BAD_ARGUMENT;
  if (l->model != NULL && l->model->parameter_count > 0
      && cajal_check_buffer(params, real_bytes(l)) != CAJAL_OK) {
    return CAJAL_BAD_ARGUMENT;
  }
  for (size_t i = 0; i < input_count(l); i++) {
    const cajal_table *const table = table_of_nodes(l, i);
    if (table != NULL && table->arity == 0 && in[i] == NULL) continue;
    const size_t bytes = table != NULL ? sizeof(int32_t) : real_bytes(l);
    if (cajal_check_inputs(batch, 1, in + i, stride + i, l->sizes + i, bytes) != CAJAL_OK) return CAJAL_BAD_ARGUMENT;
  }
  for (size_t k = 0; k < l->table_count; k++) {
    const cajal_table *const t = &l->tables[k];
    if (in[t->nodes] != NULL && !are_in_range(t, batch, in[t->nodes], stride[t->nodes])) return CAJAL_BAD_ARGUMENT;
  }
  return CAJAL_OK;
}

/* What the compiled code is called with. */
typedef struct call {
  const void **in;
  void **in_bar;
  size_t *stride;
  void *work;
} call;

static void write_real(const cajal_linked *l, void *reals, size_t index, int32_t value) {
  if (real_bytes(l) == sizeof(float)) ((float *)reals)[index] = (float)value;
  else ((double *)reals)[index] = (double)value;
}

static call begin(const cajal_linked *l, size_t batch, const void *const in[], const size_t stride[], void *work) {
  const size_t count = input_count(l);
  call c;
  c.in = (const void **)work;
  c.in_bar = (void **)work + count;
  c.stride = (size_t *)((void **)work + 2 * count);
  char *room = (char *)work + rounded_up(count * (2 * sizeof(void *) + sizeof(size_t)));
  for (size_t i = 0; i < count; i++) {
    c.in[i] = in[i];
    c.in_bar[i] = NULL;
    c.stride[i] = stride[i];
  }
  for (size_t k = 0; k < l->table_count; k++) {
    const cajal_table *const t = &l->tables[k];
    const size_t size = nodes_size(t);
    const int32_t *nodes = in[t->nodes];
    const int is_shared = nodes == NULL || stride[t->nodes] == 0;
    for (size_t b = 0; b < (is_shared ? 1 : batch); b++) {
      for (size_t j = 0; j < size; j++) {
        write_real(l, room, b * size + j, nodes == NULL ? (int32_t)t->rows : nodes[j]);
      }
      if (nodes != NULL) nodes += stride[t->nodes];
    }
    c.in[t->nodes] = room;
    c.stride[t->nodes] = is_shared ? 0 : size;
    room += rounded_up(batch * size * real_bytes(l));
  }
  c.work = room;
  return c;
}

static int32_t node(const cajal_linked *l, const void *reals, size_t index) {
  return real_bytes(l) == sizeof(float) ? (int32_t)((const float *)reals)[index]
                                        : (int32_t)((const double *)reals)[index];
}

static int is_finite(const cajal_linked *l, size_t size, const char *reals, size_t start) {
  /* In one file with a module there is only its own precision. */
#if !defined CAJAL_REAL_BYTES || CAJAL_REAL_BYTES == 4
  if (real_bytes(l) == sizeof(float)) return cajal_all_finite_f32(size, (const float *)reals + start);
#endif
#if !defined CAJAL_REAL_BYTES || CAJAL_REAL_BYTES == 8
  if (real_bytes(l) == sizeof(double)) return cajal_all_finite_f64(size, (const double *)reals + start);
#endif
  return 1;
}

/* Whether the rows of one sample that count are finite. Of a tree they are marked in their first child while this runs: c
 * is -3 - c there. */
static int rows_are_finite(const cajal_linked *l, const cajal_table *t, const void *rows, void *nodes) {
  const size_t row = l->sizes[t->nodes - 1] / t->rows;
  if (t->arity == 0) return is_finite(l, (size_t)node(l, nodes, 0) * row, rows, 0);
  int finite = 1;
  write_real(l, nodes, 0, -3 - node(l, nodes, 0));
  for (size_t i = 0; i < t->rows; i++) {
    int32_t first = node(l, nodes, i * t->arity);
    if (first > -2) continue;
    first = -3 - first;
    write_real(l, nodes, i * t->arity, first);
    if (finite && !is_finite(l, row, rows, i * row)) finite = 0;
    for (size_t r = 0; r < t->arity; r++) {
      const int32_t child = node(l, nodes, i * t->arity + r);
      if (child < 0) continue;
      const int32_t mark = node(l, nodes, (size_t)child * t->arity);
      if (mark >= -1) write_real(l, nodes, (size_t)child * t->arity, -3 - mark);
    }
  }
  return finite;
}

static int tables_are_finite(const cajal_linked *l, size_t batch, const call *c) {
  for (size_t k = 0; k < l->table_count; k++) {
    const cajal_table *const t = &l->tables[k];
    const size_t rows = t->nodes - 1;
    const int is_shared = c->stride[rows] == 0 && c->stride[t->nodes] == 0;
    for (size_t b = 0; b < (is_shared ? 1 : batch); b++) {
      const char *const sample = (const char *)c->in[rows] + b * c->stride[rows] * real_bytes(l);
      char *const nodes = (char *)c->in[t->nodes] + b * c->stride[t->nodes] * real_bytes(l);
      if (!rows_are_finite(l, t, sample, nodes)) return 0;
    }
  }
  return 1;
}

int cajal_linked_forward(const cajal_linked *l, size_t batch, const void *params, const void *const in[],
                         const size_t stride[], void *out, void *work, int keep) {
  if (check_inputs(l, batch, params, in, stride) != CAJAL_OK
      || cajal_check_output(batch, out, output_size(l), real_bytes(l)) != CAJAL_OK
      || cajal_check_workspace(work, cajal_linked_bytes(l, batch, keep)) != CAJAL_OK) {
    return CAJAL_BAD_ARGUMENT;
  }
  const call c = begin(l, batch, in, stride, work);
  if (l->check_finite && !tables_are_finite(l, batch, &c)) return CAJAL_NOT_FINITE;
  if (l->program != NULL) {
    return (keep ? l->program->forward_keep : l->program->forward)(batch, c.in, c.stride, out, c.work);
  }
  return (keep ? l->model->forward_keep : l->model->forward)(batch, params, c.in, c.stride, out, c.work);
}

/* The arguments of backward, or of backward_each where there is a stride of its own for each gradient. */
static int check_adjoint(const cajal_linked *l, size_t batch, const void *params, const void *const in[],
                         const size_t stride[], const void *out_bar, void *params_bar, size_t params_bar_stride,
                         void *const in_bar[], const size_t bar_stride[], const void *work, int keep) {
  if (check_inputs(l, batch, params, in, stride) != CAJAL_OK || in_bar == NULL || bar_stride == NULL
      || cajal_check_output(batch, out_bar, output_size(l), real_bytes(l)) != CAJAL_OK) {
    return CAJAL_BAD_ARGUMENT;
  }
  if (l->model != NULL && l->model->parameter_count > 0
      && cajal_check_gradient(batch, params_bar, params_bar_stride, l->model->parameter_count, real_bytes(l))
             != CAJAL_OK) {
    return CAJAL_BAD_ARGUMENT;
  }
  for (size_t i = 0; i < input_count(l); i++) {
    if (table_of_nodes(l, i) == NULL
        && cajal_check_gradient(batch, in_bar[i], bar_stride[i], l->sizes[i], real_bytes(l)) != CAJAL_OK) {
      return CAJAL_BAD_ARGUMENT;
    }
  }
  return cajal_check_workspace(work, cajal_linked_bytes(l, batch, keep));
}

static call begin_adjoint(const cajal_linked *l, size_t batch, const void *const in[], const size_t stride[],
                          void *const in_bar[], void *work) {
  const call c = begin(l, batch, in, stride, work);
  for (size_t i = 0; i < input_count(l); i++) {
    if (table_of_nodes(l, i) == NULL) c.in_bar[i] = in_bar[i];
  }
  return c;
}

int cajal_linked_backward(const cajal_linked *l, size_t batch, const void *params, const void *const in[],
                          const size_t stride[], const void *out_bar, void *params_bar, void *const in_bar[],
                          void *work) {
  if (check_adjoint(l, batch, params, in, stride, out_bar, params_bar, 0, in_bar, stride, work, 1) != CAJAL_OK) {
    return CAJAL_BAD_ARGUMENT;
  }
  const call c = begin_adjoint(l, batch, in, stride, in_bar, work);
  if (l->program != NULL) return l->program->backward(batch, c.in, c.stride, out_bar, c.in_bar, c.work);
  return l->model->backward(batch, params, c.in, c.stride, out_bar, params_bar, c.in_bar, c.work);
}

int cajal_linked_backward_each(const cajal_linked *l, size_t batch, const void *params, const void *const in[],
                               const size_t stride[], const void *out_bar, void *params_bar,
                               size_t params_bar_stride, void *const in_bar[], const size_t bar_stride[],
                               void *work) {
  if (check_adjoint(l, batch, params, in, stride, out_bar, params_bar, params_bar_stride, in_bar, bar_stride, work, 2)
      != CAJAL_OK) {
    return CAJAL_BAD_ARGUMENT;
  }
  const call c = begin_adjoint(l, batch, in, stride, in_bar, work);
  if (l->program != NULL) {
    return l->program->backward_each(batch, c.in, c.stride, out_bar, c.in_bar, bar_stride, c.work);
  }
  return l->model->backward_each(batch, params, c.in, c.stride, out_bar, params_bar, params_bar_stride, c.in_bar,
                                 bar_stride, c.work);
}
