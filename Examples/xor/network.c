#include "network.h"

#include <cblas.h>
#include <math.h>
#include <stdlib.h>

#include "memory.h"

/* The four pieces of a vector of parameters. */
typedef struct pieces {
  float *w1, *b1, *w2, *b2;
} pieces;

static pieces pieces_of(const network *net, float *vector) {
  pieces p;
  p.w1 = vector;
  p.b1 = p.w1 + net->hidden * net->inputs;
  p.w2 = p.b1 + net->hidden;
  p.b2 = p.w2 + net->outputs * net->hidden;
  return p;
}

network network_new(size_t inputs, size_t hidden, size_t outputs, size_t largest_batch, rng *random) {
  network net = {.inputs = inputs, .hidden = hidden, .outputs = outputs, .largest_batch = largest_batch};
  net.parameter_count = hidden * (inputs + 1) + outputs * (hidden + 1);
  net.parameters = must_allocate(net.parameter_count, sizeof(float));
  net.gradients = must_allocate(net.parameter_count, sizeof(float));
  net.activation = must_allocate(largest_batch * hidden, sizeof(float));
  net.activation_bar = must_allocate(largest_batch * hidden, sizeof(float));
  const size_t first_layer = hidden * (inputs + 1);
  for (size_t i = 0; i < net.parameter_count; i++) {
    net.parameters[i] = rng_uniform(random, 1 / sqrtf((float)(i < first_layer ? inputs : hidden)));
  }
  return net;
}

void network_free(network *net) {
  free(net->parameters);
  free(net->gradients);
  free(net->activation);
  free(net->activation_bar);
}

/* y[batch x outputs] = x W' + b, W of outputs x inputs. */
static void affine(size_t batch, size_t inputs, size_t outputs, const float *x, const float *w, const float *b,
                   float *y) {
  for (size_t i = 0; i < batch; i++) {
    for (size_t j = 0; j < outputs; j++) y[i * outputs + j] = b[j];
  }
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)batch, (int)outputs, (int)inputs, 1, x, (int)inputs, w,
              (int)inputs, 1, y, (int)outputs);
}

/* w_bar = y_bar' x, b_bar = the sum of y_bar over the batch. */
static void affine_gradients(size_t batch, size_t inputs, size_t outputs, const float *x, const float *y_bar,
                             float *w_bar, float *b_bar) {
  cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)outputs, (int)inputs, (int)batch, 1, y_bar, (int)outputs,
              x, (int)inputs, 0, w_bar, (int)inputs);
  for (size_t j = 0; j < outputs; j++) b_bar[j] = 0;
  for (size_t i = 0; i < batch; i++) {
    for (size_t j = 0; j < outputs; j++) b_bar[j] += y_bar[i * outputs + j];
  }
}

void network_forward(network *net, size_t batch, const float *x, float *out) {
  const pieces p = pieces_of(net, net->parameters);
  affine(batch, net->inputs, net->hidden, x, p.w1, p.b1, net->activation);
  for (size_t i = 0; i < batch * net->hidden; i++) net->activation[i] = fmaxf(net->activation[i], 0);
  affine(batch, net->hidden, net->outputs, net->activation, p.w2, p.b2, out);
}

void network_backward(network *net, size_t batch, const float *x, const float *out_bar) {
  const pieces p = pieces_of(net, net->parameters), bar = pieces_of(net, net->gradients);
  affine_gradients(batch, net->hidden, net->outputs, net->activation, out_bar, bar.w2, bar.b2);
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)batch, (int)net->hidden, (int)net->outputs, 1, out_bar,
              (int)net->outputs, p.w2, (int)net->hidden, 0, net->activation_bar, (int)net->hidden);
  for (size_t i = 0; i < batch * net->hidden; i++) {
    net->activation_bar[i] = net->activation[i] > 0 ? net->activation_bar[i] : 0;
  }
  affine_gradients(batch, net->inputs, net->hidden, x, net->activation_bar, bar.w1, bar.b1);
}
