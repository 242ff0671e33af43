/* What is computed, on the device and on the host: the same inputs, made of whole numbers. */
#include <stddef.h>

/* Given to whoever runs it: a name, and the numbers that came out. */
void report(const char *name, const float *values, size_t count);

void work(void);
