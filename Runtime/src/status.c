#include "cajal.h"

const char *cajal_status_text(int status) {
  switch (status) {
  case CAJAL_OK:
    return "ok";
  case CAJAL_BAD_ARGUMENT:
    return "bad argument: a null or misaligned pointer, a zero batch, a stride between 0 and the size, "
           "or a batch that is too large";
  case CAJAL_NOT_FINITE:
    return "an input or a result holds a NaN or an infinity";
  case CAJAL_NO_GRADIENT:
    return "compiled without --emit-grad";
  default:
    return "unknown status";
  }
}
