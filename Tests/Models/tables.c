/* Models over tables, written by hand against cajal.h alone, to test the trainer with.
 *
 *   type Img = Real[FIELD]
 *   data Images = End | Image Img Images     data Expr = Leaf Img | Node Expr Expr     with -DARITY=2
 *   model table (xs : Images[ROWS]) : Real[OUTPUTS]
 *
 * A list gives W times the sum of its images, and b at its end; a tree W times the sum of its leaves. With -DSWAPPED
 * lists are of data Images = Image Img Images | End. REAL, ROWS, FIELD, FIELD_DIMS and OUTPUTS are set where it is
 * compiled; with DAMAGE something is wrong with what the module says of its table. */
#include "cajal.h"

#ifndef REAL
#define REAL float
#endif
#ifndef ARITY
#define ARITY 1
#endif
#ifndef ROWS
#define ROWS 4
#endif
#ifndef FIELD
#define FIELD 2
#endif
#ifndef OUTPUTS
#define OUTPUTS 1
#endif

typedef REAL real;
#if ARITY == 1
#ifdef SWAPPED
enum { leaf = 1, node = 0 };
#else
enum { leaf = 0, node = 1 };
#endif
enum { nodes_size = 1 };
#else
enum { leaf = 0, node = 1, nodes_size = ROWS * ARITY };
#endif
enum { row_size = 2 + FIELD, parameters = OUTPUTS * FIELD + OUTPUTS };

/* For every row how often it counts: what its parents' weights say. */
static int factors(const real *xs, const int32_t *nodes, real *of) {
  for (size_t i = 0; i < ROWS; i++) of[i] = 0;
#if ARITY == 1
  const int32_t count = nodes == NULL ? ROWS : nodes[0];
  if (count < 0 || count > ROWS) return CAJAL_BAD_ARGUMENT;
  if (count > 0) of[0] = 1;
  for (int32_t i = 0; i + 1 < count; i++) of[i + 1] = of[i] * xs[i * row_size + node];
#else
  if (nodes == NULL) return CAJAL_BAD_ARGUMENT;
  of[0] = 1;
  for (int32_t i = 0; i < ROWS; i++) {
    int complete = 1;
    for (size_t r = 0; r < ARITY; r++) {
      const int32_t child = nodes[(size_t)i * ARITY + r];
      if (child != -1 && (child <= i || child >= ROWS)) return CAJAL_BAD_ARGUMENT;
      complete = complete && child != -1;
    }
    if (!complete || of[i] == 0) continue;
    for (size_t r = 0; r < ARITY; r++) {
      of[nodes[(size_t)i * ARITY + r]] += of[i] * xs[(size_t)i * row_size + node];
    }
  }
#endif
  return CAJAL_OK;
}

/* What the parameters are multiplied by: the sum of the images, and the weight of the end. */
static int sums(const real *xs, const int32_t *nodes, real *image, real *end) {
  real of[ROWS];
  const int status = factors(xs, nodes, of);
  if (status != CAJAL_OK) return status;
  for (size_t j = 0; j < FIELD; j++) image[j] = 0;
  *end = 0;
  for (size_t i = 0; i < ROWS; i++) {
    /* Rows that do not count are not read. */
    if (of[i] == 0) continue;
    const real *row = xs + i * row_size;
    const real weight = of[i] * row[ARITY == 1 ? node : leaf];
    for (size_t j = 0; j < FIELD; j++) image[j] += weight * row[2 + j];
    if (ARITY == 1) *end += of[i] * row[leaf];
  }
  return CAJAL_OK;
}

static size_t workspace(size_t batch, int keep) {
  (void)batch;
  (void)keep;
  return 0;
}

static int forward(size_t batch, const void *params, const void *const in[], const size_t stride[], void *out,
                   void *work) {
  const real *w = params, *b = w + OUTPUTS * FIELD;
  (void)work;
  for (size_t s = 0; s < batch; s++) {
    real image[FIELD], end, *to = (real *)out + s * OUTPUTS;
    const int32_t *nodes = in[1];
    const int status = sums((const real *)in[0] + s * stride[0], nodes == NULL ? NULL : nodes + s * stride[1], image, &end);
    if (status != CAJAL_OK) return status;
    for (size_t i = 0; i < OUTPUTS; i++) {
      to[i] = b[i] * end;
      for (size_t j = 0; j < FIELD; j++) to[i] += w[i * FIELD + j] * image[j];
    }
  }
  return CAJAL_OK;
}

static int backward(size_t batch, const void *params, const void *const in[], const size_t stride[],
                    const void *out_bar, void *params_bar, void *const in_bar[], void *work) {
  (void)params;
  (void)work;
  if (batch == 0) return CAJAL_BAD_ARGUMENT;
  if (in_bar[0] != NULL || in_bar[1] != NULL) return CAJAL_BAD_ARGUMENT;
  real *w_bar = params_bar, *b_bar = w_bar + OUTPUTS * FIELD;
  for (size_t i = 0; i < parameters; i++) w_bar[i] = 0;
  for (size_t s = 0; s < batch; s++) {
    real image[FIELD], end;
    const int32_t *nodes = in[1];
    const int status = sums((const real *)in[0] + s * stride[0], nodes == NULL ? NULL : nodes + s * stride[1], image, &end);
    if (status != CAJAL_OK) return status;
    for (size_t i = 0; i < OUTPUTS; i++) {
      const real bar = ((const real *)out_bar)[s * OUTPUTS + i];
      b_bar[i] += bar * end;
      for (size_t j = 0; j < FIELD; j++) w_bar[i * FIELD + j] += bar * image[j];
    }
  }
  return CAJAL_OK;
}

/* What they are called, and their shapes. */

#define PART(identifier, part_name, part_offset, part_size) \
  static const cajal_part identifier = {sizeof(cajal_part), part_name, part_offset, part_size}
#if ARITY == 1
PART(leaf_part, "End", leaf, 1);
PART(node_part, "Image", node, 1);
PART(field_part, "Image.1", 2, FIELD);
#else
PART(leaf_part, "Leaf", leaf, 1);
PART(node_part, "Node", node, 1);
PART(field_part, "Leaf.1", 2, FIELD);
#endif
#ifdef SWAPPED
static const cajal_part *const parts[] = {&node_part, &leaf_part, &field_part};
#else
static const cajal_part *const parts[] = {&leaf_part, &node_part, &field_part};
#endif
static const cajal_port xs = {.struct_size = sizeof(cajal_port), .name = "xs", .type = "Images",
                              .size = ROWS * row_size, .rank = 2, .dims = {ROWS, row_size}, .nodes = ROWS,
                              .arity = ARITY, .part_count = 3, .parts = parts};
static const cajal_port xs_nodes = {.struct_size = sizeof(cajal_port), .name = "xs.nodes", .type = "Images",
                                    .size = nodes_size, .rank = 1, .dims = {nodes_size}, .element = 1,
                                    .nodes = ROWS, .arity = ARITY};
static const cajal_port result = {.struct_size = sizeof(cajal_port), .name = "", .type = "Real", .size = OUTPUTS,
                                  .rank = 1, .dims = {OUTPUTS}};
static const cajal_port *const inputs[] = {&xs, &xs_nodes};
static const cajal_tensor weight = {.struct_size = sizeof(cajal_tensor), .name = "weight", .rank = 2,
                                    .dims = {OUTPUTS, FIELD}, .offset = 0, .count = OUTPUTS * FIELD, .fan_in = FIELD};
static const cajal_tensor bias = {.struct_size = sizeof(cajal_tensor), .name = "bias", .rank = 1, .dims = {OUTPUTS},
                                  .offset = OUTPUTS * FIELD, .count = OUTPUTS, .fan_in = FIELD};
static const cajal_tensor *const tensors[] = {&weight, &bias};
static const cajal_model table = {.struct_size = sizeof(cajal_model), .horizon = 10, .real_bytes = sizeof(real),
                                  .name = "table", .signature = "table (xs : Images) : Real", .input_count = 2,
                                  .inputs = inputs, .output = &result, .parameter_count = parameters,
                                  .tensor_count = 2, .tensors = tensors, .workspace_bytes = workspace,
                                  .forward = forward, .forward_keep = forward, .backward = backward};

#ifndef DAMAGE
#define DAMAGE 0
#endif

const cajal_module *cajal_module_info(void) {
  static cajal_module module = {.struct_size = sizeof(cajal_module), .abi = CAJAL_ABI_TABLES, .compiler = "by hand",
                                .source = "tables.c", .model_count = 1};
  static cajal_model model;
  static cajal_port first, second;
  static cajal_part part;
  static const cajal_part *own_parts[3];
  static const cajal_port *ports[2];
  static const cajal_model *models[1];
  model = table;
  first = xs;
  second = xs_nodes;
  part = field_part;
  for (int i = 0; i < 3; i++) own_parts[i] = parts[i] == &field_part ? &part : parts[i];
  first.parts = own_parts;
  ports[0] = &first;
  ports[1] = &second;
  model.inputs = ports;
  models[0] = &model;
  module.models = models;
  switch (DAMAGE) {
  case 0: break;
  case 1: model.input_count = 1; break;
  case 2: ports[0] = &second; break;
  case 3: ports[1] = &first; break;
  case 4: second.name = "ys.nodes"; break;
  case 5: second.nodes += 1; break;
  case 6: second.size = 7; second.dims[0] = 7; break;
  case 7: second.element = 2; break;
  case 8: first.nodes = ROWS + 1; break;
  case 9: first.arity = 0; break;
  case 10: first.nodes = SIZE_MAX; break;
  case 11: first.part_count = 0; break;
  case 12: own_parts[1] = NULL; break;
  case 13: part.size += 1; break;
  case 14: part.offset = SIZE_MAX; break;
  case 15: part.name = NULL; break;
  case 16: model.output = &first; break;
  }
  return &module;
}
