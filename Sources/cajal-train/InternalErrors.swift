import Foundation

/// Ends the process with 70, and says what to do, where a trap or a signal would end it otherwise.
func reportCrashesAsInternalErrors() {
  // Whoever started this process may have handed down signals that are blocked.
  var struck = sigset_t()
  sigemptyset(&struck)
  for signal in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT] {
    sigaddset(&struck, signal)
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { _ in
      // Only what is safe in a signal handler.
      let text: StaticString = """
        cajal-train: internal error: the trainer stopped unexpectedly
        This is a bug in the trainer, or the module was not compiled by cajal2c. Please report it with the command line.

        """
      _ = write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount)
      _exit(70)
    }
    sigaction(signal, &action, nil)
  }
  pthread_sigmask(SIG_UNBLOCK, &struck, nil)
}
