/* Cross-entropy of a pair of logits. */
#ifndef LOSS_H
#define LOSS_H

#include <stddef.h>

typedef struct score {
  double loss;    /* summed over samples */
  size_t correct; /* samples whose larger logit is the right one */
  size_t count;
} score;

/* Adds a batch to the score. logits: batch x 2; `holds[i]` says that logit 0 is the right one. If logits_bar is not
 * NULL, it receives the gradient of the mean loss of this batch. */
void loss_add(score *total, size_t batch, const float *logits, const unsigned char *holds, float *logits_bar);

#endif
