#include "cajal.h"
#include "test.h"

/* Where a field is on a machine with 64-bit pointers. A caller that was compiled long ago relies on it; a line here
 * never changes, and a new field at the end of a structure is a new line. */
#define AT(structure, field, offset) \
  CHECK(offsetof(structure, field) == (offset), #structure "." #field " is at %zu", offsetof(structure, field))

static void test_program(void) {
  AT(cajal_port, struct_size, 0);
  AT(cajal_port, linear, 4);
  AT(cajal_port, name, 8);
  AT(cajal_port, type, 16);
  AT(cajal_port, size, 24);
  AT(cajal_port, degree, 32);
  AT(cajal_port, rank, 40);
  AT(cajal_port, dims, 48);
  AT(cajal_port, element, 80);
  AT(cajal_port, distribution, 84);
  AT(cajal_port, nodes, 88);
  AT(cajal_port, arity, 96);
  AT(cajal_port, part_count, 104);
  AT(cajal_port, parts, 112);
  AT(cajal_part, struct_size, 0);
  AT(cajal_part, name, 8);
  AT(cajal_part, offset, 16);
  AT(cajal_part, size, 24);
  AT(cajal_program, struct_size, 0);
  AT(cajal_program, horizon, 4);
  AT(cajal_program, real_bytes, 8);
  AT(cajal_program, name, 16);
  AT(cajal_program, judgement, 24);
  AT(cajal_program, input_count, 32);
  AT(cajal_program, inputs, 40);
  AT(cajal_program, output, 48);
  AT(cajal_program, workspace_bytes, 56);
  AT(cajal_program, forward, 64);
  AT(cajal_program, forward_keep, 72);
  AT(cajal_program, backward, 80);
  AT(cajal_program, backward_each, 88);
}

static void test_model(void) {
  AT(cajal_tensor, struct_size, 0);
  AT(cajal_tensor, name, 8);
  AT(cajal_tensor, rank, 16);
  AT(cajal_tensor, dims, 24);
  AT(cajal_tensor, offset, 56);
  AT(cajal_tensor, count, 64);
  AT(cajal_tensor, fan_in, 72);
  AT(cajal_tensor, initial, 80);
  AT(cajal_model, struct_size, 0);
  AT(cajal_model, horizon, 4);
  AT(cajal_model, real_bytes, 8);
  AT(cajal_model, name, 16);
  AT(cajal_model, signature, 24);
  AT(cajal_model, input_count, 32);
  AT(cajal_model, inputs, 40);
  AT(cajal_model, output, 48);
  AT(cajal_model, parameter_count, 56);
  AT(cajal_model, tensor_count, 64);
  AT(cajal_model, tensors, 72);
  AT(cajal_model, weights, 80);
  AT(cajal_model, workspace_bytes, 88);
  AT(cajal_model, forward, 96);
  AT(cajal_model, forward_keep, 104);
  AT(cajal_model, backward, 112);
  AT(cajal_model, backward_each, 120);
}

static void test_module(void) {
  AT(cajal_module, struct_size, 0);
  AT(cajal_module, abi, 4);
  AT(cajal_module, compiler, 8);
  AT(cajal_module, source, 16);
  AT(cajal_module, program_count, 24);
  AT(cajal_module, programs, 32);
  AT(cajal_module, model_count, 40);
  AT(cajal_module, models, 48);
}

void test_abi(void) {
  CHECK(CAJAL_ABI == 1 && CAJAL_ABI_TABLES == 2, "CAJAL_ABI");
  CHECK(CAJAL_OK == 0 && CAJAL_BAD_ARGUMENT == 1 && CAJAL_NOT_FINITE == 2 && CAJAL_NO_GRADIENT == 3, "cajal_status");
  if (sizeof(void *) != 8 || sizeof(size_t) != 8) return;
  test_program();
  test_model();
  test_module();
}
