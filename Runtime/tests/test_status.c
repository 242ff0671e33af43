#include <string.h>

#include "cajal.h"
#include "test.h"

void test_status(void) {
  for (int status = CAJAL_OK; status <= CAJAL_NO_GRADIENT; status++) {
    const char *text = cajal_status_text(status);
    CHECK(text != NULL && text[0] != '\0' && strcmp(text, "unknown status") != 0, "status %d has no text", status);
    for (int other = CAJAL_OK; other < status; other++) {
      CHECK(strcmp(text, cajal_status_text(other)) != 0, "statuses %d and %d have one text", status, other);
    }
  }
  CHECK(strcmp(cajal_status_text(-1), "unknown status") == 0, "-1 is no status");
  CHECK(strcmp(cajal_status_text(4), "unknown status") == 0, "4 is no status");
}
