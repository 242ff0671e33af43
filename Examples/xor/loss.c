#include "loss.h"

#include <math.h>

void loss_add(score *total, size_t batch, const float *logits, const unsigned char *holds, float *logits_bar) {
  for (size_t i = 0; i < batch; i++) {
    const size_t right = holds[i] ? 0 : 1, wrong = 1 - right;
    const double margin = (double)logits[2 * i + right] - (double)logits[2 * i + wrong];
    /* log(1 + exp(-margin)), and how likely the wrong answer is, without overflow. */
    total->loss += log1p(exp(-fabs(margin))) + (margin < 0 ? -margin : 0);
    total->correct += margin > 0;
    total->count += 1;
    if (logits_bar == NULL) continue;
    const double mistaken = margin > 0 ? exp(-margin) / (1 + exp(-margin)) : 1 / (1 + exp(margin));
    logits_bar[2 * i + right] = (float)(-mistaken / (double)batch);
    logits_bar[2 * i + wrong] = (float)(mistaken / (double)batch);
  }
}
