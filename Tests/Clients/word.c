/* Parity by word.cajal of Examples/data/word, for all words of up to 10 letters: tables filled by hand, as the header of
 * a module says. Prints how many were right, forward and, by the gradient in the letters, backward. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "word.h"

enum { ROWS = 33, ROW = 4, LONGEST = 10 };

int main(void) {
  void *work = malloc(word_even_workspace_bytes(1, 1) + 64);
  if (!work) return 2;
  int words = 0, right = 0, entries = 0, right_entries = 0;
  for (int32_t length = 0; length <= LONGEST; length++)
    for (unsigned word = 0; word < 1u << length; word++) {
      float table[ROWS * ROW] = {0}, gradient[ROWS * ROW], result[2], result_bar[2] = {1, 0};
      int odd = 0;
      for (int32_t i = 0; i < length; i++) {
        int letter = word >> i & 1;
        odd ^= letter;
        table[ROW * i + 1] = 1;                   /* this row is a Letter */
        table[ROW * i + 2 + (letter ? 0 : 1)] = 1; /* true or false */
      }
      table[ROW * length] = 1; /* and this one End */
      int32_t count = length + 1;
      if (word_even_forward_keep(1, table, ROWS * ROW, &count, 1, result, work)) return 1;
      words++;
      right += result[0] == (odd ? 0 : 1) && result[1] == (odd ? 1 : 0);
      /* With another letter in its place, a word is even if it was not. */
      if (word_even_backward(1, table, ROWS * ROW, &count, 1, result_bar, gradient, work)) return 1;
      for (int32_t i = 0; i < length; i++)
        for (int letter = 0; letter < 2; letter++) {
          int becomes = odd ^ (int)(word >> i & 1) ^ letter;
          entries++;
          right_entries += gradient[ROW * i + 2 + (letter ? 0 : 1)] == (becomes ? 0 : 1);
        }
    }
  printf("%d of %d words, %d of %d derivatives\n", right, words, right_entries, entries);
  free(work);
  return 0;
}
