package io.contextkeep.audit.commandline;

import java.net.ConnectException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;

/** What a program says of an exception that ended it: one line. */
public final class Failures {
  private static final int MAX_CAUSES = 4;

  private Failures() {}

  /** Returns the message of an exception with those of its causes. */
  public static String message(Throwable e) {
    StringBuilder message = new StringBuilder(itsMessage(e));
    Throwable cause = e.getCause();
    for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++) {
      String more = itsMessage(cause);
      if (message.indexOf(more) < 0) {
        message.append(": ").append(more);
      }
      cause = cause.getCause();
    }
    return oneLine(message.toString());
  }

  private static String itsMessage(Throwable e) {
    String message = Optional.ofNullable(e.getMessage()).orElse(e.getClass().getSimpleName());
    return switch (e) {
      case NoSuchFileException _ -> "File not found: " + message;
      case FileAlreadyExistsException _ -> message + " exists already";
      case AccessDeniedException _ -> message + " cannot be read or written: permission denied";
      case ConnectException _ -> "Nothing answers at the given address";
      default -> message;
    };
  }

  static String oneLine(String text) {
    return String.join(" ", text.lines().map(String::strip).toList());
  }
}
