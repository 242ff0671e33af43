/* Loops over all parameters, which Swift's compiler does not vectorise: its square root may set errno. And what
 * Swift does not have: an instruction, macros of the system, and a signal handler's own kind of variable. */
#ifndef TRAINING_KERNELS_H
#define TRAINING_KERNELS_H

#include <stddef.h>

/* Adam's numbers in one step, as PyTorch computes them. */
typedef struct training_adam {
  double scale;     /* what the gradient is multiplied by first */
  double step_size; /* the learning rate / (1 - beta1^step) */
  double root;      /* sqrt(1 - beta2^step) */
  double beta1, beta2, epsilon;
  double keep; /* what parameters are multiplied by first: 1 - the learning rate times the decay */
} training_adam;

/* Updates parameters and moments. Returns how many parameters or second moments are NaN or infinite now. */
size_t training_adam_f32(training_adam numbers, size_t count, float *parameters, const float *gradient, float *first,
                         float *second);
size_t training_adam_f64(training_adam numbers, size_t count, double *parameters, const double *gradient,
                         double *first, double *second);

/* The numbers of a step of gradient descent, as PyTorch's SGD computes it. */
typedef struct training_sgd {
  double scale; /* what the gradient is multiplied by first */
  double rate, momentum, decay;
} training_sgd;

/* velocity = velocity * momentum + gradient + parameters * decay, and parameters -= velocity * rate. Returns how many
 * of both are NaN or infinite now. */
size_t training_sgd_f32(training_sgd numbers, size_t count, float *parameters, const float *gradient, float *velocity);
size_t training_sgd_f64(training_sgd numbers, size_t count, double *parameters, const double *gradient,
                        double *velocity);

/* to += from. */
void training_add_f32(size_t count, float *to, const float *from);
void training_add_f64(size_t count, double *to, const double *from);

/* The sum of squares in double precision, in eight lanes whose order is fixed. */
double training_squares_f32(size_t count, const float *values);
double training_squares_f64(size_t count, const double *values);

/* Tells the processor that this thread is waiting in a loop. */
static inline void training_pause(void) {
#if defined __x86_64__
  __builtin_ia32_pause();
#elif defined __aarch64__
  __asm__ volatile("isb");
#endif
}

/* The processors that this thread may run on; 0 where that cannot be known. */
size_t training_bound_processors(void);

/* From here on the first SIGTERM, SIGINT and SIGHUP are only taken note of; a second of the same kind ends the process.
 * What the process ignores stays ignored. */
void training_catch_stop_signals(void);

/* The last signal that was caught; 0: none. */
int training_stop_signal(void);

#endif
