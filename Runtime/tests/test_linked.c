#include <math.h>
#include <string.h>

#include "cajal_kernels.h"
#include "test.h"

/* A program on reals alone, of a table of trees and a real: what comes in goes out, and gradients say where they went. */
enum { ROWS = 3, ROW = 2, ARITY = 2, BATCH = 2 };

static size_t calls;

static size_t inner_bytes(size_t batch, int keep) {
  return batch * 64 * (size_t)(1 + keep);
}

static int inner_forward(size_t batch, const void *const in[], const size_t stride[], void *out, void *work) {
  const double *const table = in[0], *const nodes = in[1];
  memset(work, 0, inner_bytes(batch, 0));
  calls++;
  for (size_t b = 0; b < batch; b++) {
    double sum = 0;
    for (size_t k = 0; k < ROWS * ROW; k++) sum += table[b * stride[0] + k];
    for (size_t k = 0; k < ROWS * ARITY; k++) sum += 100 * nodes[b * stride[1] + k];
    ((double *)out)[b] = sum;
  }
  return CAJAL_OK;
}

static int inner_backward(size_t batch, const void *const in[], const size_t stride[], const void *out_bar,
                          void *const in_bar[], void *work) {
  (void)in, (void)out_bar, (void)work;
  calls++;
  CHECK(in_bar[1] == NULL, "nodes have a gradient");
  if (in_bar[0] == NULL) return CAJAL_OK;
  for (size_t b = 0; b < (stride[0] == 0 ? 1 : batch); b++) {
    for (size_t k = 0; k < ROWS * ROW; k++) ((double *)in_bar[0])[b * stride[0] + k] = (double)k;
  }
  return CAJAL_OK;
}

static int inner_each(size_t batch, const void *const in[], const size_t stride[], const void *out_bar,
                      void *const in_bar[], const size_t bar_stride[], void *work) {
  CHECK(in_bar[0] == NULL || bar_stride[0] == ROWS * ROW, "stride %zu", bar_stride[0]);
  return inner_backward(batch, in, stride, out_bar, in_bar, work);
}

static const cajal_port table_port = {.struct_size = sizeof(cajal_port), .name = "t", .type = "T[3]", .size = ROWS * ROW};
static const cajal_port nodes_port = {.struct_size = sizeof(cajal_port), .name = "t.nodes", .type = "nodes",
                                      .size = ROWS * ARITY, .element = 1};
static const cajal_port output_port = {.struct_size = sizeof(cajal_port), .name = "", .type = "Real", .size = 1};
static const cajal_port *const ports[] = {&table_port, &nodes_port};
static const cajal_program inner = {
    .struct_size = sizeof(cajal_program), .real_bytes = sizeof(double), .name = "inner", .judgement = "",
    .input_count = 2, .inputs = ports, .output = &output_port, .workspace_bytes = inner_bytes,
    .forward = inner_forward, .forward_keep = inner_forward, .backward = inner_backward, .backward_each = inner_each};
static const size_t sizes[] = {ROWS * ROW, ROWS * ARITY};
static const cajal_table trees = {1, ROWS, ARITY};
static const cajal_linked linked = {&inner, NULL, sizes, 1, &trees, 0};

static void test_calls(void) {
  double table[BATCH * ROWS * ROW], out[BATCH], bar[BATCH * ROWS * ROW];
  for (size_t k = 0; k < BATCH * ROWS * ROW; k++) table[k] = (double)k;
  const int32_t nodes[BATCH * ROWS * ARITY] = {1, 2, -1, 2, -1, -1, 2, -1, 2, 2, -1, -1};
  const void *const in[] = {table, nodes};
  const size_t stride[] = {ROWS * ROW, ROWS * ARITY};
  const size_t bytes = cajal_linked_bytes(&linked, BATCH, 1);
  CHECK(cajal_linked_bytes(&linked, SIZE_MAX / 8, 1) == SIZE_MAX, "a batch beyond all memory");
  void *work = new_scratch(bytes);
  CHECK(cajal_linked_forward(&linked, BATCH, NULL, in, stride, out, work, 1) == CAJAL_OK, "forward");
  CHECK(out[0] == 15 + 200 && out[1] == 51 + 300, "results %g, %g", out[0], out[1]);
  const size_t shared[] = {0, 0};
  CHECK(cajal_linked_forward(&linked, BATCH, NULL, in, shared, out, work, 0) == CAJAL_OK, "forward, shared");
  CHECK(out[0] == 215 && out[1] == 215, "shared results %g, %g", out[0], out[1]);
  void *const in_bar[] = {bar, &bar};
  CHECK(cajal_linked_backward(&linked, BATCH, NULL, in, stride, out, NULL, in_bar, work) == CAJAL_OK, "backward");
  CHECK(bar[ROWS * ROW + 1] == 1, "gradient %g", bar[ROWS * ROW + 1]);
  work = new_scratch(cajal_linked_bytes(&linked, BATCH, 2));
  CHECK(cajal_linked_backward_each(&linked, BATCH, NULL, in, stride, out, NULL, 0, in_bar, stride, work) == CAJAL_OK,
        "backward_each");
}

/* Each fault is found before anything runs. */
static void test_faults(void) {
  double table[ROWS * ROW] = {0}, out[1];
  void *work = new_scratch(cajal_linked_bytes(&linked, 1, 2));
  static const int32_t bad[][ROWS * ARITY] = {
      {0, -1, -1, -1, -1, -1},  /* its own child */
      {1, -1, 0, -1, -1, -1},   /* the child of a child */
      {3, -1, -1, -1, -1, -1},  /* beyond the table */
      {-2, -1, -1, -1, -1, -1}, /* no number of a row */
      {-1, -1, -1, -1, -1, 2},  /* in a row that does not count */
      {INT32_MIN, -1, -1, -1, -1, -1},
      {INT32_MAX, -1, -1, -1, -1, -1},
  };
  static const size_t places[] = {0, 2, 0, 0, 5, 0, 0};
  const size_t stride[] = {ROWS * ROW, ROWS * ARITY};
  void *const in_bar[] = {NULL, NULL};
  calls = 0;
  for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
    const void *const in[] = {table, bad[k]};
    CHECK(cajal_linked_forward(&linked, 1, NULL, in, stride, out, work, 1) == CAJAL_BAD_ARGUMENT, "children %zu", k);
    CHECK(cajal_linked_backward(&linked, 1, NULL, in, stride, out, NULL, in_bar, work) == CAJAL_BAD_ARGUMENT,
          "children %zu, backward", k);
    CHECK(cajal_linked_backward_each(&linked, 1, NULL, in, stride, out, NULL, 0, in_bar, stride, work)
              == CAJAL_BAD_ARGUMENT,
          "children %zu, backward_each", k);
    CHECK(cajal_misplaced_node(ROWS, ARITY, bad[k]) == places[k], "children %zu: at place %zu", k,
          cajal_misplaced_node(ROWS, ARITY, bad[k]));
  }
  const int32_t none[ROWS * ARITY] = {-1, -1, -1, -1, -1, -1};
  const void *const in[] = {table, none}, *const no_nodes[] = {table, NULL};
  const void *const odd[] = {table, (const char *)none + 1};
  const size_t narrow[] = {ROWS * ROW, ROWS * ARITY - 1};
  CHECK(cajal_linked_forward(&linked, 0, NULL, in, stride, out, work, 0) == CAJAL_BAD_ARGUMENT, "no sample");
  CHECK(cajal_linked_forward(&linked, 1, NULL, no_nodes, stride, out, work, 0) == CAJAL_BAD_ARGUMENT, "no children");
  CHECK(cajal_linked_forward(&linked, 1, NULL, odd, stride, out, work, 0) == CAJAL_BAD_ARGUMENT, "misaligned children");
  CHECK(cajal_linked_forward(&linked, 1, NULL, in, narrow, out, work, 0) == CAJAL_BAD_ARGUMENT, "a narrow stride");
  CHECK(cajal_linked_forward(&linked, 1, NULL, in, stride, NULL, work, 0) == CAJAL_BAD_ARGUMENT, "no result");
  CHECK(cajal_linked_forward(&linked, 1, NULL, in, stride, out, NULL, 0) == CAJAL_BAD_ARGUMENT, "no workspace");
  CHECK(calls == 0, "something ran, %zu times", calls);
  CHECK(cajal_misplaced_node(ROWS, ARITY, none) == SIZE_MAX, "a tree of one row has a misplaced child");
}

/* Of a list there is one number, and where it is missing all rows count. */
static void test_lists(void) {
  static const size_t list_sizes[] = {ROWS * ROW, 1};
  static const cajal_table lists = {1, ROWS, 0};
  const cajal_linked list = {&inner, NULL, list_sizes, 1, &lists, 0};
  double table[ROWS * ROW + ROWS * ARITY] = {0}, out[1];
  void *work = new_scratch(cajal_linked_bytes(&list, 1, 0));
  const size_t stride[] = {ROWS * ROW, 1};
  for (int32_t count = -1; count <= ROWS + 1; count++) {
    const void *const in[] = {table, &count};
    const int is_right = count >= 0 && count <= ROWS;
    calls = 0;
    const int status = cajal_linked_forward(&list, 1, NULL, in, stride, out, work, 0);
    CHECK(status == (is_right ? CAJAL_OK : CAJAL_BAD_ARGUMENT) && calls == (size_t)is_right, "count %d", count);
    CHECK(cajal_misplaced_node(ROWS, 1, &count) == (is_right ? SIZE_MAX : 0), "count %d is misplaced or not", count);
  }
  const void *const in[] = {table, NULL};
  CHECK(cajal_linked_forward(&list, 1, NULL, in, stride, out, work, 0) == CAJAL_OK, "no count");
}

/* Of rows that count, and of no others; the children are as they were. */
static void test_finite(void) {
  static const size_t list_sizes[] = {ROWS * ROW, 1};
  static const cajal_table lists = {1, ROWS, 0};
  const cajal_linked tree = {&inner, NULL, sizes, 1, &trees, 1}, list = {&inner, NULL, list_sizes, 1, &lists, 1};
  const int32_t nodes[ROWS * ARITY] = {2, 2, 2, -1, -1, -1}, two = 2;
  const size_t stride[] = {ROWS * ROW, ROWS * ARITY}, list_stride[] = {ROWS * ROW, 1};
  void *work = new_scratch(cajal_linked_bytes(&tree, 1, 0));
  for (size_t bad = 0; bad < ROWS * ROW; bad++) {
    double table[ROWS * ROW] = {0}, out[1];
    table[bad] = (double)NAN;
    const void *const in[] = {table, nodes}, *const list_in[] = {table, &two};
    const int of_tree = cajal_linked_forward(&tree, 1, NULL, in, stride, out, work, 0);
    CHECK(of_tree == (bad / ROW == 1 ? CAJAL_OK : CAJAL_NOT_FINITE), "a NaN at %zu of a tree", bad);
    const int of_list = cajal_linked_forward(&list, 1, NULL, list_in, list_stride, out, work, 0);
    CHECK(of_list == (bad / ROW == 2 ? CAJAL_OK : CAJAL_NOT_FINITE), "a NaN at %zu of a list", bad);
  }
  double table[ROWS * ROW] = {0}, out[1];
  const void *const in[] = {table, nodes};
  CHECK(cajal_linked_forward(&tree, 1, NULL, in, stride, out, work, 0) == CAJAL_OK, "zeros");
  CHECK(out[0] == 100 * (2 + 2 + 2 - 1 - 1 - 1), "the children were changed: %g", out[0]);
}

void test_linked(void) {
  test_calls();
  test_faults();
  test_lists();
  test_finite();
}
