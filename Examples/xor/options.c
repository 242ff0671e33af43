#include "options.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "program.h"

static const char help[] =
    "usage: train-xor [--program NAME] [--data DIR] [--epochs N] [--batch N] [--rate R] [--seed N] [--threads N]\n"
    "\n"
    "Trains two networks, 784-400-2 with ReLU, on pairs of images: their outputs are linked to a compiled Cajal\n"
    "program as its two booleans, and only the program's answer for the pair is taught. Beside it, at equal steps,\n"
    "trains one network, 784*2-400-2, on the two images side by side, without the program. Prints accuracy and\n"
    "loss on the test pairs after every epoch.\n"
    "\n"
    "  --program NAME  xor, eq, and, or: what is asked of a pair, \"true\" being an even class (default xor)\n"
    "  --data DIR      a folder with MNIST's four files, train-images-idx3-ubyte, train-labels-idx1-ubyte and\n"
    "                  t10k-..., each plain or with .gz (default /usr/share/datasets/fashion-mnist)\n"
    "  --epochs N      passes over the training pairs (default 5)\n"
    "  --batch N       pairs a step (default 64)\n"
    "  --rate R        Adam's learning rate at the start; it falls linearly to zero (default 0.001)\n"
    "  --seed N        of the weights, the pairing and the order of the pairs (default 1)\n"
    "  --threads N     for OpenBLAS (default 1: at these sizes more gain little, and wait for each other on a busy\n"
    "                  machine); results are the same for the same number\n"
    "  --help          this text\n"
    "\n"
    "Example: train-xor --program and --epochs 2 --data ~/mnist\n";

static _Noreturn void wrong(const char *problem, const char *word) {
  fprintf(stderr, "train-xor: %s: %s\n  train-xor --help shows the options.\n", word, problem);
  exit(2);
}

static uint64_t natural(const char *option, const char *text, uint64_t least, uint64_t most) {
  char *end;
  errno = 0;
  const unsigned long long value = strtoull(text, &end, 10);
  if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || value < least || value > most) {
    char problem[160];
    snprintf(problem, sizeof problem, "needs a number from %llu to %llu, not \"%.40s\"", (unsigned long long)least,
             (unsigned long long)most, text);
    wrong(problem, option);
  }
  return value;
}

static float positive(const char *option, const char *text) {
  char *end;
  const float value = strtof(text, &end);
  if (end == text || *end != '\0' || !(value > 0) || !isfinite(value)) {
    char problem[160];
    snprintf(problem, sizeof problem, "needs a positive number, not \"%.40s\"", text);
    wrong(problem, option);
  }
  return value;
}

options options_parse(int count, char **words) {
  options chosen = {
      .program = "xor",
      .data = "/usr/share/datasets/fashion-mnist",
      .epochs = 5,
      .batch = 64,
      .rate = 0.001f,
      .seed = 1,
      .threads = 1,
  };
  for (int i = 1; i < count; i++) {
    const char *option = words[i];
    if (strcmp(option, "--help") == 0 || strcmp(option, "-h") == 0) {
      fputs(help, stdout);
      exit(EXIT_SUCCESS);
    }
    static const char *const known[] = {"--program", "--data", "--epochs", "--batch", "--rate", "--seed", "--threads"};
    size_t which = 0;
    while (which < sizeof known / sizeof known[0] && strcmp(option, known[which]) != 0) which++;
    if (which == sizeof known / sizeof known[0]) wrong("is not an option", option);
    if (i + 1 == count) wrong("needs a value", option);
    const char *value = words[++i];
    switch (which) {
    case 0:
      chosen.program = value;
      if (program_named(value) == NULL) wrong("is no program of xor.cajal: xor, eq, and, or", value);
      break;
    case 1: chosen.data = value; break;
    case 2: chosen.epochs = (size_t)natural(option, value, 1, 10000); break;
    case 3: chosen.batch = (size_t)natural(option, value, 1, 100000); break;
    case 4: chosen.rate = positive(option, value); break;
    case 5: chosen.seed = natural(option, value, 0, UINT64_MAX); break;
    case 6: chosen.threads = (size_t)natural(option, value, 1, 1024); break;
    }
  }
  return chosen;
}
