/* What a compiled Cajal module looks like from C and C++.
 *
 * The layout is a promise: fields are only ever added, at the end of a structure, and CAJAL_ABI rises when anything
 * else changes. Every structure begins with its size where it was compiled, so that a caller can tell which fields
 * are there.
 *
 * Layout. Matrices are row-major; a batch is samples one after another. stride[i] is the distance in reals between
 * the samples of input i: its size or more, or 0 where one value is shared by the whole batch. A variable of function
 * type is its matrix, dim of result x dim of argument. Results are contiguous.
 *
 * Gradients. backward follows a forward_keep with the same batch, inputs, strides and workspace, none of them changed
 * since; it may be called again with another out_bar. It overwrites every in_bar[i] that is not NULL, laid out with
 * input i's stride (padding between samples is left alone), with the gradient of <out_bar, out>; where the input is
 * shared, with the sum over the batch.
 *
 * Gradients of each sample. backward_each is backward where every gradient has a stride of its own, in reals, whatever
 * the input's: bar_stride[i] is the input's size or more, for the gradient of each sample, that of sample s at
 * in_bar[i] + s * bar_stride[i], also where the input is shared; or 0, for the sum over the batch. The stride of a
 * gradient that is NULL is not looked at. It needs a workspace of workspace_bytes(batch, 2) bytes, and changes nothing
 * that is kept: backward and backward_each may follow one forward_keep in any order, as often as one likes.
 *
 * Tables. `xs : T[N]` is N rows of reals, the root first, and xs.nodes: for a list one int32_t, how many of its rows count
 * (0 to N; where NULL, all), each the child of the one before; for a tree the children of each row, N x arity int32_t,
 * that of row i above i and below N, or -1 for none. In a tree a row counts if children lead to it from row 0. Rows that do
 * not count are not read, and their gradient is 0. Counts and children are checked, those of all rows. Strides are in
 * elements, and independent. The place and the stride of a gradient of nodes are not looked at.
 *
 * Memory. The caller owns every buffer, and outputs overlap nothing. A workspace has workspace_bytes(batch, keep)
 * bytes, or more, at any address at which a double may stand; at a multiple of CAJAL_WORKSPACE_ALIGNMENT it is fastest.
 * Results do not depend on the address, nor does what is kept: between two calls a workspace may be moved, byte for
 * byte. Where workspace_bytes is 0, work may be NULL. Where input_count is 0, in, stride, in_bar and bar_stride may be
 * NULL. Compiled code allocates nothing, keeps no state, and may run in many threads at once with different workspaces.
 *
 * Errors. Every function returns a cajal_status. Arguments are checked first: on CAJAL_BAD_ARGUMENT and
 * CAJAL_NO_GRADIENT nothing was written. */
#ifndef CAJAL_H
#define CAJAL_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CAJAL_ABI 1u
/* Of a module with an input that is not of reals: who calls it has to know tables. */
#define CAJAL_ABI_TABLES 2u

/* Of a workspace, in bytes: recommended, not required. */
#define CAJAL_WORKSPACE_ALIGNMENT 64

/* Marks the functions that a module compiled with -fvisibility=hidden exports. */
#if defined __GNUC__
#define CAJAL_EXPORT __attribute__((visibility("default")))
#else
#define CAJAL_EXPORT
#endif

typedef enum cajal_status {
  CAJAL_OK = 0,
  CAJAL_BAD_ARGUMENT = 1, /* a null pointer, a zero batch, a stride that is neither 0 nor >= size, misalignment, a
                             count or a child of a table that is out of its range */
  CAJAL_NOT_FINITE = 2,   /* compiled with --check-finite: an input or a result holds a NaN or an infinity */
  CAJAL_NO_GRADIENT = 3   /* compiled without --emit-grad; the functions are there and answer this */
} cajal_status;

/* A part of a row of a table: the weight of a constructor, "Letter", or its first field, "Letter.1". */
typedef struct cajal_part {
  uint32_t struct_size;
  const char *name;
  size_t offset, size; /* in reals */
} cajal_part;

/* One variable of the context, or the result. A table `xs : T[N]` is two inputs: xs, its rows, and behind it xs.nodes. */
typedef struct cajal_port {
  uint32_t struct_size; /* sizeof(cajal_port) where this was compiled; so in every structure */
  uint32_t linear;      /* 1: the map is linear in it (LANGUAGE.md, Degree); 0: not, or data of a model */
  const char *name;     /* "n"; the result's name is "" */
  const char *type;     /* "Nat", "Bool -o Bool", "Real[28,28]" */
  size_t size;          /* its dimension, in reals */
  size_t degree;        /* the map is a polynomial in it of at most this degree; 0 for a result and for data */
  size_t rank, dims[4]; /* shape of a Real; N and the reals of a row of a table; else rank 1, dims[0] = size */

  uint32_t element;      /* 0: reals; 1: int32_t, of nodes, which have no gradient */
  uint32_t distribution; /* of a result: 1 if links that are distributions make it one */
  size_t nodes, arity;   /* of a table and its nodes: N, and the children of a row (1 in a chain); else 0 */
  size_t part_count;     /* of a table: the row's layout, weights first; else 0 */
  const cajal_part *const *parts;

  size_t value_count;         /* of a declared type whose constructors have no fields: how many there are; else 0 */
  const char *const *values;  /* their names, of which entry i of the port stands for the one at i */
} cajal_port;

/* A judgement x1:t1, ..., xk:tk |- e : t. */
typedef struct cajal_program {
  uint32_t struct_size;
  uint32_t horizon;    /* dimension of Nat */
  uint32_t real_bytes; /* 4: float, 8: double */
  const char *name, *judgement;
  size_t input_count;
  const cajal_port *const *inputs;
  const cajal_port *output;

  /* keep is 1: with room for what backward needs; 2: for what backward_each needs, and so backward. Room for more than
   * a function needs is as good. SIZE_MAX: too large. */
  size_t (*workspace_bytes)(size_t batch, int keep);
  int (*forward)(size_t batch, const void *const in[], const size_t stride[], void *out, void *work);
  int (*forward_keep)(size_t batch, const void *const in[], const size_t stride[], void *out, void *work);
  int (*backward)(size_t batch, const void *const in[], const size_t stride[],
                  const void *out_bar, void *const in_bar[], void *work);
  int (*backward_each)(size_t batch, const void *const in[], const size_t stride[], const void *out_bar,
                       void *const in_bar[], const size_t bar_stride[], void *work);
} cajal_program;

/* A named piece of a model's parameter vector. */
typedef struct cajal_tensor {
  uint32_t struct_size;
  const char *name; /* "kernel.0.weight" */
  size_t rank, dims[4], offset, count;
  size_t fan_in; /* for initialisation: uniform in +-1/sqrt(fan_in), as PyTorch's default */
  const void *initial; /* what it starts from, count reals; NULL where fan_in decides */
} cajal_tensor;

/* Neural networks linked to a program: as a program, with a vector of parameters. params_bar is overwritten, and may
 * be NULL; params_bar_stride is as bar_stride, with parameter_count for the size. */
typedef struct cajal_model {
  uint32_t struct_size;
  uint32_t horizon, real_bytes;
  const char *name, *signature;
  size_t input_count;
  const cajal_port *const *inputs;
  const cajal_port *output;
  size_t parameter_count; /* reals in the parameter vector */
  size_t tensor_count;
  const cajal_tensor *const *tensors;
  const void *weights; /* the trained parameters, embedded by --weights; NULL in an untrained model */

  size_t (*workspace_bytes)(size_t batch, int keep);
  int (*forward)(size_t batch, const void *params, const void *const in[], const size_t stride[],
                 void *out, void *work);
  int (*forward_keep)(size_t batch, const void *params, const void *const in[], const size_t stride[],
                      void *out, void *work);
  int (*backward)(size_t batch, const void *params, const void *const in[], const size_t stride[],
                  const void *out_bar, void *params_bar, void *const in_bar[], void *work);
  int (*backward_each)(size_t batch, const void *params, const void *const in[], const size_t stride[],
                       const void *out_bar, void *params_bar, size_t params_bar_stride, void *const in_bar[],
                       const size_t bar_stride[], void *work);
} cajal_model;

typedef struct cajal_module {
  uint32_t struct_size;
  uint32_t abi;         /* CAJAL_ABI, or CAJAL_ABI_TABLES */
  const char *compiler; /* "cajal2c 0.1.0" */
  const char *source;   /* "blur.cajal", the file's name without directories */
  size_t program_count;
  const cajal_program *const *programs;
  size_t model_count;
  const cajal_model *const *models;
} cajal_module;

/* The one name that a generic caller looks up after dlopen. It is in a module compiled with -DCAJAL_SHARED_OBJECT;
 * every module has the same function under the name PREFIX_module_info. */
CAJAL_EXPORT const cajal_module *cajal_module_info(void);

/* A phrase that names the status, never NULL. Here, so that it is there however a module is linked. */
#ifdef __GNUC__
__attribute__((unused))
#endif
static inline const char *cajal_status_text(int status) {
  switch (status) {
  case CAJAL_OK:
    return "ok";
  case CAJAL_BAD_ARGUMENT:
    return "bad argument: a null or misaligned pointer, a zero batch, a stride between 0 and the size, "
           "a batch that is too large, or a count or a child of a table that is out of its range";
  case CAJAL_NOT_FINITE:
    return "an input or a result holds a NaN or an infinity";
  case CAJAL_NO_GRADIENT:
    return "compiled without --emit-grad";
  default:
    return "unknown status";
  }
}

/* Of the nodes of one sample of a table, the place of the first count or child that is out of its range; SIZE_MAX where
 * there is none. rows and arity are `nodes` and `arity` of the port. For a caller that was answered CAJAL_BAD_ARGUMENT. */
#ifdef __GNUC__
__attribute__((unused))
#endif
static inline size_t cajal_misplaced_node(size_t rows, size_t arity, const int32_t *nodes) {
  if (arity == 1) return nodes[0] < 0 || (size_t)nodes[0] > rows ? 0 : SIZE_MAX;
  for (size_t place = 0; place < rows * arity; place++) {
    const int32_t child = nodes[place];
    if (child < -1 || (child >= 0 && ((size_t)child <= place / arity || (size_t)child >= rows))) return place;
  }
  return SIZE_MAX;
}

#ifdef __cplusplus
}
#endif

#endif
