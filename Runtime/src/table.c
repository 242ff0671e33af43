/* Tables of nodes: what counts, and rows that their number names. */
#define TEMPLATE "table.template.h"
#include "both_precisions.h"
