/* A Cortex-M4 from its reset on, without a C library's start: what it computes goes to the host by semihosting, Arm's
 * calls to whoever debugs it, which QEMU answers. */
#include <stdint.h>

#include "work.h"

/* Of device.ld. */
extern uint32_t data_start[], data_end[], data_source[], bss_start[], bss_end[], stack_top[], stack_bottom[];

enum { SYS_WRITE0 = 0x04, SYS_EXIT = 0x18, ADP_STOPPED_APPLICATION_EXIT = 0x20026, UNTOUCHED = 0x5EEDF00D };

static void semihosting(uint32_t call, uintptr_t argument) {
  register uint32_t r0 __asm__("r0") = call;
  register uintptr_t r1 __asm__("r1") = argument;
  __asm__ volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
}

static void print(const char *text) {
  semihosting(SYS_WRITE0, (uintptr_t)text);
}

static void print_bits(uint32_t bits) {
  char text[10];
  for (int i = 0; i < 8; i++) text[i] = "0123456789abcdef"[bits >> (28 - 4 * i) & 15];
  text[8] = '\n';
  text[9] = '\0';
  print(text);
}

void report(const char *name, const float *values, size_t count) {
  print(name);
  print("\n");
  for (size_t i = 0; i < count; i++) {
    union {
      float value;
      uint32_t bits;
    } number = {values[i]};
    print_bits(number.bits);
  }
}

static void fault(void) {
  print("fault\n");
  semihosting(SYS_EXIT, 0);
}

void reset(void) {
  *(volatile uint32_t *)0xE000ED88 |= 0xFu << 20; /* CPACR: the floating-point unit is on */
  __asm__ volatile("dsb\n isb");
  for (uint32_t *to = data_start, *from = data_source; to < data_end;) *to++ = *from++;
  for (uint32_t *to = bss_start; to < bss_end;) *to++ = 0;
  /* What of the stack stays as it is was not used. */
  uintptr_t here;
  __asm__("mov %0, sp" : "=r"(here));
  for (volatile uint32_t *word = stack_bottom; (uintptr_t)word < here - 64; word++) *word = UNTOUCHED;
  work();
  uint32_t *deepest = stack_bottom;
  while (*deepest == UNTOUCHED) deepest++;
  print("stack\n");
  print_bits((uint32_t)(stack_top - deepest) * sizeof(uint32_t));
  semihosting(SYS_EXIT, ADP_STOPPED_APPLICATION_EXIT);
  for (;;) {}
}

__attribute__((section(".vectors"), used)) static const uintptr_t vectors[16] = {
    (uintptr_t)stack_top, (uintptr_t)reset, (uintptr_t)fault, (uintptr_t)fault, (uintptr_t)fault, (uintptr_t)fault,
    (uintptr_t)fault};
