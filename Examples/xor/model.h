/* The two models that are compared, and one step of training for each. */
#ifndef MODEL_H
#define MODEL_H

#include <stddef.h>

#include "adam.h"
#include "loss.h"
#include "network.h"
#include "program.h"

/* A batch of pairs. */
typedef struct batch {
  size_t count;
  float *first, *second;  /* count x IMAGE_SIZE */
  float *both;            /* count x 2 IMAGE_SIZE: the same images, side by side */
  unsigned char *holds;   /* whether the program holds of the pair */
} batch;

/* Two networks, one for each image, linked to a program. */
typedef struct linked_model {
  const program *program;
  network net[2];
  adam optimizer[2];
  float *link[2], *link_bar[2]; /* batch x 2: the networks' outputs, as Bool */
  float *result, *result_bar;   /* batch x 2 */
  void *work;
} linked_model;

linked_model linked_model_new(const program *program, size_t hidden, size_t largest_batch, rng *random);
void linked_model_free(linked_model *model);
void linked_model_train(linked_model *model, const batch *samples, float rate, score *total);
void linked_model_test(linked_model *model, const batch *samples, score *total);

/* One network that sees both images. */
typedef struct plain_model {
  network net;
  adam optimizer;
  float *result, *result_bar;
} plain_model;

plain_model plain_model_new(size_t hidden, size_t largest_batch, rng *random);
void plain_model_free(plain_model *model);
void plain_model_train(plain_model *model, const batch *samples, float rate, score *total);
void plain_model_test(plain_model *model, const batch *samples, score *total);

#endif
