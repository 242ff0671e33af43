/* A network of two layers, x -> W2 relu(W1 x + b1) + b2, over batches, with its gradients. */
#ifndef NETWORK_H
#define NETWORK_H

#include <stddef.h>

#include "rng.h"

typedef struct network {
  size_t inputs, hidden, outputs, largest_batch;
  size_t parameter_count;
  float *parameters, *gradients; /* W1, b1, W2, b2, row-major, output x input */
  float *activation;             /* relu(W1 x + b1), largest_batch x hidden */
  float *activation_bar;
} network;

/* Uniform in +-1/sqrt(inputs of the layer), weights and biases. */
network network_new(size_t inputs, size_t hidden, size_t outputs, size_t largest_batch, rng *random);
void network_free(network *net);

/* out[batch x outputs] */
void network_forward(network *net, size_t batch, const float *x, float *out);

/* After network_forward of the same batch: overwrites the gradients. */
void network_backward(network *net, size_t batch, const float *x, const float *out_bar);

#endif
