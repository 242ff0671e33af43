/* Trains neural networks through a compiled Cajal program; see options.c for what it offers. */
#include <cblas.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "model.h"
#include "options.h"
#include "pairs.h"
#include "progress.h"

enum { HIDDEN = 400 };

static batch batch_new(size_t largest) {
  return (batch){
      .first = must_allocate(largest * IMAGE_SIZE, sizeof(float)),
      .second = must_allocate(largest * IMAGE_SIZE, sizeof(float)),
      .both = must_allocate(largest * 2 * IMAGE_SIZE, sizeof(float)),
      .holds = must_allocate(largest, 1),
  };
}

static void batch_free(batch *samples) {
  free(samples->first);
  free(samples->second);
  free(samples->both);
  free(samples->holds);
}

/* The pairs order[0] ... order[count - 1]. */
static void batch_fill(batch *samples, const pairs *data, const uint32_t *order, size_t count, const program *asked) {
  samples->count = count;
  for (size_t i = 0; i < count; i++) {
    float *first = samples->first + i * IMAGE_SIZE, *second = samples->second + i * IMAGE_SIZE;
    float *both = samples->both + i * 2 * IMAGE_SIZE;
    pairs_images(data, order[i], first, second);
    memcpy(both, first, IMAGE_SIZE * sizeof(float));
    memcpy(both + IMAGE_SIZE, second, IMAGE_SIZE * sizeof(float));
    const int holds = asked->holds(pairs_first_is_even(data, order[i]), pairs_second_is_even(data, order[i]));
    samples->holds[i] = (unsigned char)holds;
  }
}

/* What both models scored on the same pairs. */
typedef struct scores {
  score linked, plain;
} scores;

static double accuracy(score of) { return (double)of.correct / (double)of.count; }
static double mean_loss(score of) { return of.loss / (double)of.count; }

typedef struct trainer {
  const options *chosen;
  const program *asked;
  linked_model linked;
  plain_model plain;
  batch samples;
} trainer;

/* One pass over the pairs in the given order, by both models. The rate falls linearly, to zero at the last step. */
static void train_epoch(trainer *all, const pairs *data, const uint32_t *order, size_t epoch) {
  scores so_far = {0};
  progress line = progress_begin();
  for (size_t start = 0; start < data->count; start += all->samples.count) {
    const size_t rest = data->count - start, count = rest < all->chosen->batch ? rest : all->chosen->batch;
    const size_t done = (epoch - 1) * data->count + start;
    const float rate = all->chosen->rate * (1 - (float)done / (float)(all->chosen->epochs * data->count));
    batch_fill(&all->samples, data, order + start, count, all->asked);
    linked_model_train(&all->linked, &all->samples, rate, &so_far.linked);
    plain_model_train(&all->plain, &all->samples, rate, &so_far.plain);
    progress_show(&line, epoch, all->chosen->epochs, start + count, data->count, mean_loss(so_far.linked),
                  mean_loss(so_far.plain));
  }
  progress_end(&line);
}

static scores test(trainer *all, const pairs *data, const uint32_t *order) {
  scores reached = {0};
  for (size_t start = 0; start < data->count; start += all->samples.count) {
    const size_t rest = data->count - start, count = rest < all->chosen->batch ? rest : all->chosen->batch;
    batch_fill(&all->samples, data, order + start, count, all->asked);
    linked_model_test(&all->linked, &all->samples, &reached.linked);
    plain_model_test(&all->plain, &all->samples, &reached.plain);
  }
  return reached;
}

static void train(trainer *all, const pairs *training, const pairs *testing, rng *random) {
  uint32_t *order = must_allocate(training->count, sizeof *order);
  uint32_t *test_order = must_allocate(testing->count, sizeof *test_order);
  for (size_t i = 0; i < testing->count; i++) test_order[i] = (uint32_t)i;

  const size_t steps = (training->count + all->chosen->batch - 1) / all->chosen->batch;
  printf("%s: %zu training pairs, %zu test pairs; %zu steps an epoch\n\n", all->asked->name, training->count,
         testing->count, steps);
  printf("        two networks linked by %-3s      one network, no program\n", all->asked->name);
  printf("epoch   test accuracy   test loss       test accuracy   test loss   seconds\n");
  const double began = clock_seconds();
  scores reached = {0};
  for (size_t epoch = 1; epoch <= all->chosen->epochs; epoch++) {
    rng_permutation(random, order, training->count);
    train_epoch(all, training, order, epoch);
    reached = test(all, testing, test_order);
    printf("%5zu          %.4f      %.4f              %.4f      %.4f   %7.1f\n", epoch, accuracy(reached.linked),
           mean_loss(reached.linked), accuracy(reached.plain), mean_loss(reached.plain), clock_seconds() - began);
    fflush(stdout);
  }
  printf("\ntest accuracy: %.4f with the program, %.4f without it\n", accuracy(reached.linked),
         accuracy(reached.plain));
  free(order);
  free(test_order);
}

int main(int count, char **words) {
  const options chosen = options_parse(count, words);
  openblas_set_num_threads((int)chosen.threads);
  rng random = {chosen.seed};
  pairs training = pairs_read(chosen.data, "train", &random), testing = pairs_read(chosen.data, "t10k", &random);
  const program *asked = program_named(chosen.program);
  trainer all = {.chosen = &chosen, .asked = asked, .samples = batch_new(chosen.batch)};
  all.linked = linked_model_new(asked, HIDDEN, chosen.batch, &random);
  all.plain = plain_model_new(HIDDEN, chosen.batch, &random);
  train(&all, &training, &testing, &random);
  linked_model_free(&all.linked);
  plain_model_free(&all.plain);
  batch_free(&all.samples);
  pairs_free(&training);
  pairs_free(&testing);
  return fflush(stdout) == 0 && !ferror(stdout) ? EXIT_SUCCESS : EXIT_FAILURE;
}
