/* Two modules of one file in a program: `other` has horizon 5 and no gradient, `turn` the file's horizon, 2. */
#include <cajal.h>
#include <stdio.h>

#include "turn.h"

extern const cajal_module *other_module_info(void);

int main(void) {
  const cajal_program *flip = other_module_info()->programs[0];
  const float x[2] = {1, 0}, n[5] = {0, 0, 0, 1};
  const void *in[] = {x, n};
  const size_t strides[] = {2, 5};
  void *in_bar[] = {NULL, NULL};
  float result[2];
  if (flip->forward(1, in, strides, result, NULL) != CAJAL_OK) return 1;
  printf("%u %u %g %d\n", (unsigned)flip->horizon, (unsigned)turn_module_info()->programs[0]->horizon, result[1],
         flip->backward(1, in, strides, result, in_bar, NULL));
  return 0;
}
