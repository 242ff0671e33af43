/* What the trainer needs of MPI, as a table of functions in a shared object of its own: the trainer itself runs, and is
 * built, where there is no MPI.
 *
 * Bytes alone are passed: the trainer adds, since MPI chooses the order of its sums. All functions are for the thread
 * that called `start`. An error of MPI ends all processes, with MPI's message. */
#ifndef TRAINING_MPI_H
#define TRAINING_MPI_H

#include <stddef.h>

/* Of this table. */
#define TRAINING_MPI_VERSION 1

/* Transfers that may be under way at the same time. */
#define TRAINING_MPI_SLOTS 4

typedef struct training_mpi {
  unsigned version;
  /* Joins the processes of the launcher: this is number `rank` of `count`. */
  void (*start)(int *rank, int *count);
  /* Each process has the bytes from bounds[rank] to bounds[rank + 1] of `data`, and gets all up to bounds[count]. */
  void (*share)(void *data, const size_t *bounds);
  /* All get what `from` has. */
  void (*broadcast)(void *data, size_t bytes, int from);
  /* Begin a transfer, which `wait` for its slot ends; that of a slot without one returns at once. Between two processes
   * transfers keep their order. At most INT_MAX bytes. */
  void (*receive)(int slot, void *data, size_t bytes, int from);
  void (*send)(int slot, const void *data, size_t bytes, int to);
  void (*wait)(int slot);
  /* Ends all processes, this one with `code`. Does not return. */
  void (*abort)(int code);
  /* Returns when all processes have called it. */
  void (*end)(void);
} training_mpi;

/* The only name that the shared object shows. */
#define TRAINING_MPI_SYMBOL "cajal_training_mpi"
typedef const training_mpi *training_mpi_function(void);

#endif
