#include <stdlib.h>

#include "memory.h"
#include "model.h"
#include "pairs.h"

plain_model plain_model_new(size_t hidden, size_t largest_batch, rng *random) {
  plain_model model = {.net = network_new(2 * IMAGE_SIZE, hidden, 2, largest_batch, random)};
  model.optimizer = adam_new(model.net.parameter_count);
  model.result = must_allocate(largest_batch * 2, sizeof(float));
  model.result_bar = must_allocate(largest_batch * 2, sizeof(float));
  return model;
}

void plain_model_free(plain_model *model) {
  network_free(&model->net);
  adam_free(&model->optimizer);
  free(model->result);
  free(model->result_bar);
}

void plain_model_train(plain_model *model, const batch *samples, float rate, score *total) {
  network_forward(&model->net, samples->count, samples->both, model->result);
  loss_add(total, samples->count, model->result, samples->holds, model->result_bar);
  network_backward(&model->net, samples->count, samples->both, model->result_bar);
  adam_step(&model->optimizer, rate, model->net.parameters, model->net.gradients);
}

void plain_model_test(plain_model *model, const batch *samples, score *total) {
  network_forward(&model->net, samples->count, samples->both, model->result);
  loss_add(total, samples->count, model->result, samples->holds, NULL);
}
