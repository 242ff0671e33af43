/* Activations of nets and their adjoints. */
#define TEMPLATE "activation.template.h"
#include "both_precisions.h"
