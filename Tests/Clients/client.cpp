// The same caller in C++: the header says nothing that C++ does not understand.
#include <cstdio>

#include "flip.h"

int main() {
  const float x[2] = {1, 0}, n[10] = {0, 0, 0, 1}, result_bar[2] = {1, 10};
  float result[2], x_bar[2], n_bar[10];
  alignas(64) unsigned char work[4096];
  if (flip_flip_from_workspace_bytes(1, 1) > sizeof work) return 1;
  if (flip_flip_from_forward_keep(1, x, 2, n, 10, result, work) != CAJAL_OK) return 1;
  if (flip_flip_from_backward(1, x, 2, n, 10, result_bar, x_bar, n_bar, work) != CAJAL_OK) return 1;
  const cajal_module *module = flip_module_info();
  if (module->program_count != 2) return 1;
  std::printf("%g %g | %g %g | %g %g\n", result[0], result[1], x_bar[0], x_bar[1], n_bar[0], n_bar[1]);
  return 0;
}
