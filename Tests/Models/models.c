/* Models written by hand against cajal.h alone, to test the trainer with: what a compiler would emit, without one.
 *
 *   linear  (x : Real[INPUTS]) : Real[OUTPUTS] = dense
 *   network (x : Real[INPUTS]) : Real[OUTPUTS] = dense HIDDEN | tanh | dense
 *   pair    (x : Real[INPUTS], y : Real[INPUTS]) : Real[OUTPUTS] = the sum of two dense layers
 *
 * REAL, INPUTS, INPUT_TYPE, INPUT_VALUES, OUTPUTS and HIDDEN are set where it is compiled. With EXPLODE the gradients of `linear` grow without
 * bound; with STATUS its adjoint answers this, with FORWARD_STATUS the model itself; with WEIGHTS its parameters are
 * embedded, each 1/4; with DAMAGE something is wrong with what the module says of itself. */
#include <math.h>
#include <stdint.h>

#include "cajal.h"

#ifndef REAL
#define REAL float
#endif
#ifndef INPUTS
#define INPUTS 3
#endif
#ifndef OUTPUTS
#define OUTPUTS 2
#endif
#ifndef HIDDEN
#define HIDDEN 5
#endif
#ifndef INPUT_DIMS
#define INPUT_DIMS {INPUTS}
#define INPUT_RANK 1
#endif
#ifndef INPUT_TYPE
#define INPUT_TYPE "Real"
#endif
#ifndef OUTPUT_DIMS
#define OUTPUT_DIMS {OUTPUTS}
#define OUTPUT_RANK 1
#endif

typedef REAL real;
enum { layer1 = HIDDEN * INPUTS, layer2 = OUTPUTS * HIDDEN };

/* y = W x + b for one sample. */
static void affine(size_t rows, size_t columns, const real *w, const real *b, const real *x, real *y) {
  for (size_t i = 0; i < rows; i++) {
    real sum = b == NULL ? 0 : b[i];
    for (size_t j = 0; j < columns; j++) sum += w[i * columns + j] * x[j];
    y[i] = sum;
  }
}

/* Adds the gradients of W and b. */
static void affine_bar(size_t rows, size_t columns, const real *x, const real *y_bar, real *w_bar, real *b_bar) {
  for (size_t i = 0; i < rows; i++) {
    for (size_t j = 0; j < columns; j++) w_bar[i * columns + j] += y_bar[i] * x[j];
    if (b_bar != NULL) b_bar[i] += y_bar[i];
  }
}

static void clear(real *to, size_t count) {
  for (size_t i = 0; i < count; i++) to[i] = 0;
}

/* linear: weight, bias */

static size_t no_workspace(size_t batch, int keep) {
  (void)batch;
  (void)keep;
  return 0;
}

static int linear_forward(size_t batch, const void *params, const void *const in[], const size_t stride[], void *out,
                          void *work) {
  const real *w = params, *b = w + OUTPUTS * INPUTS;
  (void)work;
#ifdef FORWARD_STATUS
  return FORWARD_STATUS;
#endif
  for (size_t s = 0; s < batch; s++) {
    affine(OUTPUTS, INPUTS, w, b, (const real *)in[0] + s * stride[0], (real *)out + s * OUTPUTS);
  }
  return CAJAL_OK;
}

static int linear_backward(size_t batch, const void *params, const void *const in[], const size_t stride[],
                           const void *out_bar, void *params_bar, void *const in_bar[], void *work) {
  real *w_bar = params_bar, *b_bar = w_bar + OUTPUTS * INPUTS;
  (void)params;
  (void)in_bar;
  (void)work;
#ifdef STATUS
  return STATUS;
#endif
  if (batch == 0) return CAJAL_BAD_ARGUMENT;
  clear(w_bar, OUTPUTS * INPUTS + OUTPUTS);
  for (size_t s = 0; s < batch; s++) {
    affine_bar(OUTPUTS, INPUTS, (const real *)in[0] + s * stride[0], (const real *)out_bar + s * OUTPUTS, w_bar, b_bar);
  }
#ifdef EXPLODE
  /* Grows with every step until it is infinite, without the loss being so. */
  static real factor = 1;
  factor *= (real)EXPLODE;
  for (size_t i = 0; i < OUTPUTS; i++) b_bar[i] *= factor;
#endif
  return CAJAL_OK;
}

/* network: first.weight, first.bias, second.weight, second.bias */

static size_t network_workspace(size_t batch, int keep) { return (keep ? 2 : 1) * batch * HIDDEN * sizeof(real); }

static int network_forward(size_t batch, const void *params, const void *const in[], const size_t stride[], void *out,
                           void *work) {
  const real *w1 = params, *b1 = w1 + layer1, *w2 = b1 + HIDDEN, *b2 = w2 + layer2;
  for (size_t s = 0; s < batch; s++) {
    real *hidden = (real *)work + s * HIDDEN;
    affine(HIDDEN, INPUTS, w1, b1, (const real *)in[0] + s * stride[0], hidden);
    for (size_t i = 0; i < HIDDEN; i++) hidden[i] = (real)tanh((double)hidden[i]);
    affine(OUTPUTS, HIDDEN, w2, b2, hidden, (real *)out + s * OUTPUTS);
  }
  return CAJAL_OK;
}

static int network_backward(size_t batch, const void *params, const void *const in[], const size_t stride[],
                            const void *out_bar, void *params_bar, void *const in_bar[], void *work) {
  if (batch == 0) return CAJAL_BAD_ARGUMENT;
  const real *w2 = (const real *)params + layer1 + HIDDEN;
  real *w1_bar = params_bar, *b1_bar = w1_bar + layer1, *w2_bar = b1_bar + HIDDEN, *b2_bar = w2_bar + layer2;
  (void)in_bar;
  clear(w1_bar, layer1 + HIDDEN + layer2 + OUTPUTS);
  for (size_t s = 0; s < batch; s++) {
    const real *hidden = (const real *)work + s * HIDDEN, *bar = (const real *)out_bar + s * OUTPUTS;
    real *hidden_bar = (real *)work + (batch + s) * HIDDEN;
    affine_bar(OUTPUTS, HIDDEN, hidden, bar, w2_bar, b2_bar);
    for (size_t i = 0; i < HIDDEN; i++) {
      hidden_bar[i] = 0;
      for (size_t o = 0; o < OUTPUTS; o++) hidden_bar[i] += w2[o * HIDDEN + i] * bar[o];
      hidden_bar[i] *= 1 - hidden[i] * hidden[i];
    }
    affine_bar(HIDDEN, INPUTS, (const real *)in[0] + s * stride[0], hidden_bar, w1_bar, b1_bar);
  }
  return CAJAL_OK;
}

/* pair: first.weight, second.weight */

static int pair_forward(size_t batch, const void *params, const void *const in[], const size_t stride[], void *out,
                        void *work) {
  const real *w = params;
  (void)work;
  for (size_t s = 0; s < batch; s++) {
    real *to = (real *)out + s * OUTPUTS, second[OUTPUTS];
    affine(OUTPUTS, INPUTS, w, NULL, (const real *)in[0] + s * stride[0], to);
    affine(OUTPUTS, INPUTS, w + OUTPUTS * INPUTS, NULL, (const real *)in[1] + s * stride[1], second);
    for (size_t i = 0; i < OUTPUTS; i++) to[i] += second[i];
  }
  return CAJAL_OK;
}

static int pair_backward(size_t batch, const void *params, const void *const in[], const size_t stride[],
                         const void *out_bar, void *params_bar, void *const in_bar[], void *work) {
  if (batch == 0) return CAJAL_BAD_ARGUMENT;
  real *w_bar = params_bar;
  (void)params;
  (void)in_bar;
  (void)work;
  clear(w_bar, 2 * OUTPUTS * INPUTS);
  for (size_t s = 0; s < batch; s++) {
    const real *bar = (const real *)out_bar + s * OUTPUTS;
    affine_bar(OUTPUTS, INPUTS, (const real *)in[0] + s * stride[0], bar, w_bar, NULL);
    affine_bar(OUTPUTS, INPUTS, (const real *)in[1] + s * stride[1], bar, w_bar + OUTPUTS * INPUTS, NULL);
  }
  return CAJAL_OK;
}

/* What they are called, and their shapes. */

#define PORT(identifier, port_name, port_type, port_size, port_rank, ...)                                     \
  static const cajal_port identifier = {.struct_size = sizeof(cajal_port), .name = port_name, .type = port_type, \
                                        .size = port_size, .rank = port_rank, .dims = __VA_ARGS__}
#ifdef INPUT_VALUES
static const char *const values_of_x[] = {INPUT_VALUES};
static const cajal_port port_x = {.struct_size = sizeof(cajal_port), .name = "x", .type = INPUT_TYPE, .size = INPUTS,
                                  .rank = 1, .dims = {INPUTS}, .value_count = sizeof values_of_x / sizeof *values_of_x,
                                  .values = values_of_x};
#else
PORT(port_x, "x", INPUT_TYPE, INPUTS, INPUT_RANK, INPUT_DIMS);
#endif
PORT(port_y, "y", "Real", INPUTS, INPUT_RANK, INPUT_DIMS);
PORT(port_out, "", "Real", OUTPUTS, OUTPUT_RANK, OUTPUT_DIMS);
static const cajal_port *const inputs[] = {&port_x, &port_y};

#define MATRIX(identifier, tensor_name, rows, columns, at)                                                         \
  static const cajal_tensor identifier = {.struct_size = sizeof(cajal_tensor), .name = tensor_name, .rank = 2,      \
                                          .dims = {rows, columns}, .offset = at, .count = (size_t)(rows) * (columns), \
                                          .fan_in = columns}
#define VECTOR(identifier, tensor_name, rows, columns, at)                                                     \
  static const cajal_tensor identifier = {.struct_size = sizeof(cajal_tensor), .name = tensor_name, .rank = 1, \
                                          .dims = {rows}, .offset = at, .count = rows, .fan_in = columns}
MATRIX(linear_weight, "linear.weight", OUTPUTS, INPUTS, 0);
#ifdef INITIAL
static const REAL initial_bias[OUTPUTS] = {3, (REAL)-0.25};
static const cajal_tensor linear_bias = {.struct_size = sizeof(cajal_tensor), .name = "linear.bias", .rank = 1,
                                         .dims = {OUTPUTS}, .offset = OUTPUTS * INPUTS, .count = OUTPUTS,
                                         .fan_in = INPUTS, .initial = initial_bias};
#else
VECTOR(linear_bias, "linear.bias", OUTPUTS, INPUTS, OUTPUTS *INPUTS);
#endif
MATRIX(first_weight, "first.weight", HIDDEN, INPUTS, 0);
VECTOR(first_bias, "first.bias", HIDDEN, INPUTS, layer1);
MATRIX(second_weight, "second.weight", OUTPUTS, HIDDEN, layer1 + HIDDEN);
VECTOR(second_bias, "second.bias", OUTPUTS, HIDDEN, layer1 + HIDDEN + layer2);
MATRIX(pair_first, "first.weight", OUTPUTS, INPUTS, 0);
MATRIX(pair_second, "second.weight", OUTPUTS, INPUTS, OUTPUTS *INPUTS);
static const cajal_tensor *const linear_tensors[] = {&linear_weight, &linear_bias};
static const cajal_tensor *const network_tensors[] = {&first_weight, &first_bias, &second_weight, &second_bias};
static const cajal_tensor *const pair_tensors[] = {&pair_first, &pair_second};

#ifdef WEIGHTS
static const real embedded[OUTPUTS * INPUTS + OUTPUTS] = {[0 ... OUTPUTS * INPUTS + OUTPUTS - 1] = 0.25};
#define LINEAR_WEIGHTS embedded
#else
#define LINEAR_WEIGHTS NULL
#endif

#define MODEL(identifier, ins, parameters, tensor_names, embedded_weights, workspace, forward_function, backward_function) \
  static const cajal_model identifier = {.struct_size = sizeof(cajal_model), .horizon = 10,                          \
                                         .real_bytes = sizeof(real), .name = #identifier,                            \
                                         .signature = #identifier " (x : Real) : Real", .input_count = ins,          \
                                         .inputs = inputs, .output = &port_out, .parameter_count = parameters,       \
                                         .tensor_count = sizeof tensor_names / sizeof *tensor_names,                 \
                                         .tensors = tensor_names, .weights = embedded_weights,                       \
                                         .workspace_bytes = workspace, .forward = forward_function,                  \
                                         .forward_keep = forward_function, .backward = backward_function}
MODEL(linear, 1, OUTPUTS *INPUTS + OUTPUTS, linear_tensors, LINEAR_WEIGHTS, no_workspace, linear_forward,
      linear_backward);
MODEL(network, 1, layer1 + HIDDEN + layer2 + OUTPUTS, network_tensors, NULL, network_workspace, network_forward,
      network_backward);
MODEL(pair, 2, 2 * OUTPUTS * INPUTS, pair_tensors, NULL, no_workspace, pair_forward, pair_backward);
static const cajal_model *const models[] = {&linear, &network, &pair};

static const cajal_module module = {.struct_size = sizeof(cajal_module), .abi = CAJAL_ABI, .compiler = "by hand",
                                    .source = "models.c", .model_count = 3, .models = models};

#ifdef DAMAGE
static const cajal_module *damaged(void) {
  static cajal_module copy;
  static cajal_model model;
  static cajal_tensor tensor;
  static cajal_port port;
  static const cajal_tensor *tensors[2];
  static const cajal_model *one[1];
  static const cajal_port *ports[1];
  copy = module;
  model = linear;
  tensor = linear_bias;
  port = port_x;
  copy.model_count = 1;
  copy.models = one;
  one[0] = &model;
  model.tensors = tensors;
  tensors[0] = &linear_weight;
  tensors[1] = &tensor;
  model.inputs = ports;
  ports[0] = &port;
  switch (DAMAGE) {
  case 0: break;
  case 1: copy.abi = CAJAL_ABI_TABLES + 1; break;
  case 2: copy.struct_size = offsetof(cajal_module, model_count); break;
  case 3: copy.model_count = 0; break;
  case 4: one[0] = NULL; break;
  case 5: model.struct_size = 16; break;
  case 6: model.name = NULL; break;
  case 7: model.real_bytes = 2; break;
  case 8: model.backward = NULL; break;
  case 9: ports[0] = NULL; break;
  case 10: model.output = NULL; break;
  case 11: port.size = 7; break;
  case 12: port.rank = 5; break;
  case 13: tensors[1] = NULL; break;
  case 14: tensor.offset += 1; break;
  case 15: tensor.offset = 0; break;
  case 16: model.parameter_count += 1; break;
  case 17: tensor.fan_in = 0; break;
  case 18: tensor.name = "linear.weight"; break;
  case 19: tensor.dims[0] = (size_t)1 << 62; tensor.dims[1] = 8; tensor.rank = 2; break;
  case 20: tensor.offset = SIZE_MAX; break;
  case 21: return NULL;
  case 22: model.struct_size = offsetof(cajal_model, backward_each); break; /* older, and whole */
  }
  return &copy;
}
const cajal_module *cajal_module_info(void) { return damaged(); }
#else
const cajal_module *cajal_module_info(void) { return &module; }
#endif
