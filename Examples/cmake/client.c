/* client.c: a trained model, linked, and a program of the same module. */
#include <stdio.h>
#include <stdlib.h>

#include "turn.h"

static void *workspace(size_t bytes) {
  const size_t unit = CAJAL_WORKSPACE_ALIGNMENT;
  void *work = aligned_alloc(unit, (bytes / unit + 1) * unit);
  if (work == NULL) exit(1);
  return work;
}

int main(void) {
  const float x[2] = {1, 0};             /* true, for both samples */
  const float s[2][2] = {{1, 0}, {0, 1}};
  const float result_bar[2][2] = {{1, 0}, {1, 0}};
  float result[2][2], parameters_bar[6], s_bar[2][2];

  /* The parameters that were embedded: a model's functions take them before its inputs. */
  const float *weights = turn_module_info()->models[0]->weights;
  void *work = workspace(turn_turn_workspace_bytes(2, 1));
  int status = turn_turn_forward_keep(2, weights, x, 0, s[0], 2, result[0], work);
  if (status == CAJAL_OK)
    status = turn_turn_backward(2, weights, x, 0, s[0], 2, result_bar[0], parameters_bar, NULL, s_bar[0], work);
  if (status != CAJAL_OK) {
    fprintf(stderr, "%s\n", cajal_status_text(status));
    return 1;
  }
  for (int i = 0; i < 2; i++) printf("turned: (%g, %g)\n", result[i][0], result[i][1]);
  printf("gradient in s of the first: (%g, %g)\n", s_bar[0][0], s_bar[0][1]);
  free(work);

  const float n[2] = {0.25f, 0.75f};
  work = workspace(turn_flip_workspace_bytes(1, 0));
  status = turn_flip_forward(1, x, 2, n, 2, result[0], work);
  if (status == CAJAL_OK) printf("flipped: (%g, %g)\n", result[0][0], result[0][1]);
  free(work);
  return status == CAJAL_OK ? 0 : 1;
}
