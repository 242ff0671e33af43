#include <signal.h>

#include "training_kernels.h"

static volatile sig_atomic_t caught;

static void take_note(int signal) { caught = signal; }

void training_catch_stop_signals(void) {
  static const int stopping[] = {SIGTERM, SIGINT, SIGHUP};
  sigset_t unblocked;
  sigemptyset(&unblocked);
  for (size_t i = 0; i < sizeof stopping / sizeof *stopping; i++) {
    struct sigaction old, action = {.sa_handler = take_note, .sa_flags = SA_RESTART | SA_RESETHAND};
    /* What is ignored, as nohup and a shell's background jobs have it, stays so. */
    if (sigaction(stopping[i], NULL, &old) != 0 || old.sa_handler == SIG_IGN) continue;
    sigemptyset(&action.sa_mask);
    sigaction(stopping[i], &action, NULL);
    sigaddset(&unblocked, stopping[i]);
  }
  pthread_sigmask(SIG_UNBLOCK, &unblocked, NULL);
}

int training_stop_signal(void) { return caught; }
