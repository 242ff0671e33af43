#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "cajal.h"
#include "memory.h"
#include "model.h"
#include "pairs.h"

linked_model linked_model_new(const program *program, size_t hidden, size_t largest_batch, rng *random) {
  linked_model model = {.program = program};
  for (size_t i = 0; i < 2; i++) {
    model.net[i] = network_new(IMAGE_SIZE, hidden, 2, largest_batch, random);
    model.optimizer[i] = adam_new(model.net[i].parameter_count);
    model.link[i] = must_allocate(largest_batch * 2, sizeof(float));
    model.link_bar[i] = must_allocate(largest_batch * 2, sizeof(float));
  }
  model.result = must_allocate(largest_batch * 2, sizeof(float));
  model.result_bar = must_allocate(largest_batch * 2, sizeof(float));
  model.work = must_allocate(program->workspace_bytes(largest_batch, 1), 1);
  return model;
}

void linked_model_free(linked_model *model) {
  for (size_t i = 0; i < 2; i++) {
    network_free(&model->net[i]);
    adam_free(&model->optimizer[i]);
    free(model->link[i]);
    free(model->link_bar[i]);
  }
  free(model->result);
  free(model->result_bar);
  free(model->work);
}

static void must_succeed(const program *program, int status) {
  if (status == CAJAL_OK) return;
  fprintf(stderr, "train-xor: program %s: %s\n", program->name, cajal_status_text(status));
  exit(EXIT_FAILURE);
}

static void forward(linked_model *model, const batch *samples, program_forward *run) {
  network_forward(&model->net[0], samples->count, samples->first, model->link[0]);
  network_forward(&model->net[1], samples->count, samples->second, model->link[1]);
  must_succeed(model->program, run(samples->count, model->link[0], 2, model->link[1], 2, model->result, model->work));
}

/* The gradient goes from the loss through the program into the networks. */
void linked_model_train(linked_model *model, const batch *samples, float rate, score *total) {
  forward(model, samples, model->program->forward_keep);
  loss_add(total, samples->count, model->result, samples->holds, model->result_bar);
  must_succeed(model->program,
               model->program->backward(samples->count, model->link[0], 2, model->link[1], 2, model->result_bar,
                                        model->link_bar[0], model->link_bar[1], model->work));
  network_backward(&model->net[0], samples->count, samples->first, model->link_bar[0]);
  network_backward(&model->net[1], samples->count, samples->second, model->link_bar[1]);
  for (size_t i = 0; i < 2; i++) {
    adam_step(&model->optimizer[i], rate, model->net[i].parameters, model->net[i].gradients);
  }
}

void linked_model_test(linked_model *model, const batch *samples, score *total) {
  forward(model, samples, model->program->forward);
  loss_add(total, samples->count, model->result, samples->holds, NULL);
}
