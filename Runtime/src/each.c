/* backward_each where the adjoint of the batch has only the sum of a gradient: those of each sample come from batches
 * of one, which are computed forward once more. All others come from one adjoint of the batch. */
#include "cajal_kernels.h"

#include "rounded_up.h"

/* A program or a model, with the arguments that every call of its functions has. */
typedef struct subject {
  const cajal_program *program; /* or NULL */
  const cajal_model *model;
  size_t real_bytes, input_count, output_size;
  size_t (*workspace_bytes)(size_t batch, int keep);
  cajal_program_adjoint *program_adjoint;
  cajal_model_adjoint *model_adjoint;
  const void *params;
  const size_t *stride, *bar_stride;
} subject;

static int adjoint(const subject *s, size_t batch, const void *const in[], const void *out_bar, void *params_bar,
                   void *const in_bar[], void *work) {
  if (s->model == NULL) return s->program_adjoint(batch, in, s->stride, out_bar, in_bar, s->bar_stride, work);
  return s->model_adjoint(batch, s->params, in, s->stride, out_bar, params_bar, in_bar, s->bar_stride, work);
}

static int keep_sample(const subject *s, const void *const in[], void *out, void *work) {
  if (s->model == NULL) return s->program->forward_keep(1, in, s->stride, out, work);
  return s->model->forward_keep(1, s->params, in, s->stride, out, work);
}

static int check(const subject *s, size_t batch, const void *const in[], const size_t size[], const void *out_bar,
                 void *const in_bar[], const void *work) {
  if (cajal_check_inputs(batch, s->input_count, in, s->stride, size, s->real_bytes) != CAJAL_OK
      || cajal_check_output(batch, out_bar, s->output_size, s->real_bytes) != CAJAL_OK
      || cajal_check_gradients(batch, s->input_count, in_bar, s->bar_stride, size, s->real_bytes) != CAJAL_OK) {
    return CAJAL_BAD_ARGUMENT;
  }
  return cajal_check_workspace(work, s->workspace_bytes(batch, 2));
}

/* The room behind what is kept. */
typedef struct room {
  void *work; /* of a sample */
  void *out;
  const void **in;
  void **in_bar;
} room;

static room room_of(const subject *s, size_t batch, void *work) {
  room r;
  r.work = (char *)work + s->workspace_bytes(batch, 1);
  r.out = (char *)r.work + s->workspace_bytes(1, 1);
  void *pointers = (char *)r.out + rounded_up(s->output_size * s->real_bytes);
  r.in = (const void **)pointers;
  r.in_bar = (void **)pointers + s->input_count;
  return r;
}

/* Sample by sample: the gradient in the parameters, where it is not NULL, and those in the inputs for which r->in_bar
 * is not NULL, which is overwritten. */
static int run_samples(const subject *s, const room *r, size_t batch, const void *const in[], const void *out_bar,
                       void *params_bar, size_t params_bar_stride) {
  for (size_t b = 0; b < batch; b++) {
    for (size_t i = 0; i < s->input_count; i++) {
      r->in[i] = (const char *)in[i] + b * s->stride[i] * s->real_bytes;
      if (b > 0 && r->in_bar[i] != NULL) r->in_bar[i] = (char *)r->in_bar[i] + s->bar_stride[i] * s->real_bytes;
    }
    int status = keep_sample(s, r->in, r->out, r->work);
    if (status != CAJAL_OK) return status;
    const void *const bar = (const char *)out_bar + b * s->output_size * s->real_bytes;
    void *const place = params_bar == NULL ? NULL : (char *)params_bar + b * params_bar_stride * s->real_bytes;
    status = adjoint(s, 1, r->in, bar, place, r->in_bar, r->work);
    if (status != CAJAL_OK) return status;
  }
  return CAJAL_OK;
}

int cajal_program_backward_each(const cajal_program *program, cajal_program_adjoint *program_adjoint,
                                const size_t size[], const unsigned char summed[], size_t batch, const void *const in[],
                                const size_t stride[], const void *out_bar, void *const in_bar[],
                                const size_t bar_stride[], void *work) {
  const subject s = {.program = program, .real_bytes = program->real_bytes, .input_count = program->input_count,
                     .output_size = program->output->size, .workspace_bytes = program->workspace_bytes,
                     .program_adjoint = program_adjoint, .stride = stride, .bar_stride = bar_stride};
  if (check(&s, batch, in, size, out_bar, in_bar, work) != CAJAL_OK) return CAJAL_BAD_ARGUMENT;
  const room r = room_of(&s, batch, work);
  int is_each = 0, is_batch = 0;
  for (size_t i = 0; i < s.input_count; i++) {
    const int by_sample = batch > 1 && summed[i] && in_bar[i] != NULL && stride[i] == 0 && bar_stride[i] != 0;
    r.in_bar[i] = by_sample ? NULL : in_bar[i];
    if (by_sample) is_each = 1;
    else if (in_bar[i] != NULL) is_batch = 1;
  }
  if (is_batch || !is_each) {
    const int status = adjoint(&s, batch, in, out_bar, NULL, r.in_bar, work);
    if (status != CAJAL_OK || !is_each) return status;
  }
  for (size_t i = 0; i < s.input_count; i++) r.in_bar[i] = r.in_bar[i] == NULL ? in_bar[i] : NULL;
  return run_samples(&s, &r, batch, in, out_bar, NULL, 0);
}

int cajal_model_backward_each(const cajal_model *model, cajal_model_adjoint *model_adjoint, const size_t size[],
                              size_t batch, const void *params, const void *const in[], const size_t stride[],
                              const void *out_bar, void *params_bar, size_t params_bar_stride, void *const in_bar[],
                              const size_t bar_stride[], void *work) {
  const subject s = {.model = model, .real_bytes = model->real_bytes, .input_count = model->input_count,
                     .output_size = model->output->size, .workspace_bytes = model->workspace_bytes,
                     .model_adjoint = model_adjoint, .params = params, .stride = stride, .bar_stride = bar_stride};
  if (check(&s, batch, in, size, out_bar, in_bar, work) != CAJAL_OK
      || cajal_check_buffer(params, s.real_bytes) != CAJAL_OK
      || cajal_check_gradient(batch, params_bar, params_bar_stride, model->parameter_count, s.real_bytes) != CAJAL_OK) {
    return CAJAL_BAD_ARGUMENT;
  }
  const int is_each = batch > 1 && params_bar != NULL && params_bar_stride != 0;
  const int status = adjoint(&s, batch, in, out_bar, is_each ? NULL : params_bar, in_bar, work);
  if (status != CAJAL_OK || !is_each) return status;
  const room r = room_of(&s, batch, work);
  for (size_t i = 0; i < s.input_count; i++) r.in_bar[i] = NULL;
  return run_samples(&s, &r, batch, in, out_bar, params_bar, params_bar_stride);
}
