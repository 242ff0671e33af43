/* The trainer's table of functions, by MPI. `make MPI=1` builds it into a shared object beside the trainer. */
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>

#include "training_mpi.h"

/* MPI counts in int. Less for tests. */
#ifndef MOST_BYTES
#define MOST_BYTES (1 << 28)
#endif

static int ranks;
static int *counts, *offsets;
static MPI_Request requests[TRAINING_MPI_SLOTS];

static void mpi_abort(int code) {
  MPI_Abort(MPI_COMM_WORLD, code);
  _Exit(code);
}

static void mpi_start(int *rank, int *count) {
  int provided;
  MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided);
  MPI_Comm_rank(MPI_COMM_WORLD, rank);
  MPI_Comm_size(MPI_COMM_WORLD, count);
  ranks = *count;
  for (int slot = 0; slot < TRAINING_MPI_SLOTS; slot++) requests[slot] = MPI_REQUEST_NULL;
  counts = calloc((size_t)ranks, sizeof *counts);
  offsets = calloc((size_t)ranks, sizeof *offsets);
  if (provided < MPI_THREAD_FUNNELED || counts == NULL || offsets == NULL) {
    fputs(counts == NULL || offsets == NULL ? "cajal-train: not enough memory for MPI\n"
                                            : "cajal-train: this MPI does not allow for threads beside its own\n",
          stderr);
    mpi_abort(1);
  }
}

static void mpi_broadcast(void *data, size_t bytes, int from) {
  for (size_t at = 0; at < bytes; at += MOST_BYTES) {
    const size_t part = bytes - at < MOST_BYTES ? bytes - at : MOST_BYTES;
    MPI_Bcast((char *)data + at, (int)part, MPI_BYTE, from, MPI_COMM_WORLD);
  }
}

static void mpi_share(void *data, const size_t *bounds) {
  if (bounds[ranks] > MOST_BYTES) {
    for (int rank = 0; rank < ranks; rank++) {
      mpi_broadcast((char *)data + bounds[rank], bounds[rank + 1] - bounds[rank], rank);
    }
    return;
  }
  for (int rank = 0; rank < ranks; rank++) {
    counts[rank] = (int)(bounds[rank + 1] - bounds[rank]);
    offsets[rank] = (int)bounds[rank];
  }
  MPI_Allgatherv(MPI_IN_PLACE, 0, MPI_BYTE, data, counts, offsets, MPI_BYTE, MPI_COMM_WORLD);
}

static void mpi_receive(int slot, void *data, size_t bytes, int from) {
  MPI_Irecv(data, (int)bytes, MPI_BYTE, from, 0, MPI_COMM_WORLD, &requests[slot]);
}

static void mpi_send(int slot, const void *data, size_t bytes, int to) {
  MPI_Isend(data, (int)bytes, MPI_BYTE, to, 0, MPI_COMM_WORLD, &requests[slot]);
}

static void mpi_wait(int slot) { MPI_Wait(&requests[slot], MPI_STATUS_IGNORE); }

static void mpi_end(void) {
  MPI_Barrier(MPI_COMM_WORLD);
  MPI_Finalize();
  free(counts);
  free(offsets);
}

__attribute__((visibility("default"))) training_mpi_function cajal_training_mpi;

const training_mpi *cajal_training_mpi(void) {
  static const training_mpi table = {
      .version = TRAINING_MPI_VERSION,
      .start = mpi_start,
      .share = mpi_share,
      .broadcast = mpi_broadcast,
      .receive = mpi_receive,
      .send = mpi_send,
      .wait = mpi_wait,
      .abort = mpi_abort,
      .end = mpi_end,
  };
  return &table;
}
