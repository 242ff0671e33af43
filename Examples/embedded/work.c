#include "work.h"

#include "cart.h"
#include "denoise.h"

enum { PARAMETERS = 18323, IMAGE = 28 * 28 };

static float params[PARAMETERS], params_bar[PARAMETERS], image[IMAGE], image_bar[IMAGE], result[IMAGE], result_bar[IMAGE];
static double room[denoise_denoise_WORKSPACE_BYTES(1) / sizeof(double) + 1];

/* Numbers from -1 to 1 that are the same everywhere. */
static void fill(float *values, size_t count, float scale, unsigned seed) {
  for (size_t i = 0; i < count; i++) {
    seed = seed * 1664525u + 1013904223u;
    values[i] = scale * ((float)(int)(seed >> 8 & 0xFFFF) / 32768.0f - 1.0f);
  }
}

static void cart(void) {
  static const float turn[9] = {1, 0.1f, 0, 0, 0.9f, 0.1f, 0, 0, 1}, start[3] = {0, 0, 1}, bar[3] = {1, 0, 0};
  float rounds[16] = {0}, end[3], turn_bar[9], start_bar[3], rounds_bar[16];
  rounds[3] = 1;
  cart_cart_one_with_gradient(turn, start, rounds, end, bar, turn_bar, start_bar, rounds_bar);
  report("cart", end, 3);
  report("cart, gradient in turn", turn_bar, 9);
  report("cart, gradient in start", start_bar, 3);
}

static void denoise(void) {
  fill(params, PARAMETERS, 0.1f, 1);
  fill(image, IMAGE, 1, 2);
  fill(result_bar, IMAGE, 1, 3);
  if (denoise_denoise_forward_keep(1, params, image, IMAGE, result, room) != CAJAL_OK) return;
  report("denoise", result, IMAGE);
  if (denoise_denoise_backward(1, params, image, IMAGE, result_bar, params_bar, image_bar, room) != CAJAL_OK) return;
  report("denoise, gradient in the image", image_bar, IMAGE);
  report("denoise, gradient in the parameters", params_bar, PARAMETERS);
}

void work(void) {
  cart();
  denoise();
}
