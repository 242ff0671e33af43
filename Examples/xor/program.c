#include "program.h"

#include <string.h>

#include "xor.h"

static int holds_xor(int a, int b) { return a != b; }
static int holds_eq(int a, int b) { return a == b; }
static int holds_and(int a, int b) { return a && b; }
static int holds_or(int a, int b) { return a || b; }

static const program programs[] = {
    {"xor", holds_xor, xor_xor_workspace_bytes, xor_xor_forward, xor_xor_forward_keep, xor_xor_backward},
    {"eq", holds_eq, xor_eq_workspace_bytes, xor_eq_forward, xor_eq_forward_keep, xor_eq_backward},
    {"and", holds_and, xor_and_workspace_bytes, xor_and_forward, xor_and_forward_keep, xor_and_backward},
    {"or", holds_or, xor_or_workspace_bytes, xor_or_forward, xor_or_forward_keep, xor_or_backward},
};

const program *program_named(const char *name) {
  for (size_t i = 0; i < sizeof programs / sizeof programs[0]; i++) {
    if (strcmp(programs[i].name, name) == 0) return &programs[i];
  }
  return NULL;
}
