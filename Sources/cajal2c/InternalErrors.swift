import Driver
import Foundation

/// Ends the process with 70, and says what to do, where a trap or a signal would end it otherwise: a bug in the
/// compiler.
func reportCrashesAsInternalErrors() {
  // Made now: not in the handler.
  CrashNote.prepare()
  // Whoever started this process may have handed down signals that are blocked.
  var struck = sigset_t()
  sigemptyset(&struck)
  for signal in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT] {
    sigaddset(&struck, signal)
    var action = sigaction()
    // On a stack of its own: the usual one may be what ran out.
    action.sa_flags = Int32(SA_ONSTACK)
    action.__sigaction_handler.sa_handler = { _ in
      // Only what is safe in a signal handler.
      if CrashNote.count != 0 {
        let before: StaticString = "cajal2c: the machine code crashed, or touched what lies beyond its buffers, in "
        let after: StaticString = """

          A bug in the compiler, or in the C compiler at these flags. Please report it with the file and the flags.

          """
        _ = write(STDERR_FILENO, before.utf8Start, before.utf8CodeUnitCount)
        _ = write(STDERR_FILENO, CrashNote.text, CrashNote.count)
        _ = write(STDERR_FILENO, after.utf8Start, after.utf8CodeUnitCount)
        _exit(70)
      }
      let text: StaticString = """
        cajal2c: internal error: the compiler stopped unexpectedly
        This is a bug in the compiler, not in the file. Please report it with the file and the command line.

        """
      _ = write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount)
      _exit(70)
    }
    sigaction(signal, &action, nil)
  }
  pthread_sigmask(SIG_UNBLOCK, &struck, nil)
}

/// Gives the current thread a stack for its signal handlers.
func useSignalStack() {
  let size = 1 << 16
  var stack = stack_t()
  stack.ss_sp = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
  stack.ss_size = size
  sigaltstack(&stack, nil)
}
