/* Memory that is there: the trainer needs little, and without it there is nothing to do but to say so. */
#ifndef MEMORY_H
#define MEMORY_H

#include <stddef.h>

/* Zeroed and 64-byte aligned; ends the program if there is no room. Free with free. */
void *must_allocate(size_t count, size_t size);

#endif
