package io.contextkeep.vault;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;

/** A program in a child process that ends when the process that started it is gone. */
public final class Tethered {
  private static final int PARENT_GONE = 70;

  private Tethered() {}

  /**
   * Runs the program's own main method.
   *
   * @param args the parent's process id, the program's class, and the program's arguments
   */
  public static void main(String[] args) throws Throwable {
    endWith(Long.parseLong(args[0]));
    Method main = Class.forName(args[1]).getDeclaredMethod("main", String[].class);
    main.setAccessible(true);
    try {
      main.invoke(null, (Object) Arrays.copyOfRange(args, 2, args.length));
    } catch (InvocationTargetException thrown) {
      throw thrown.getCause();
    }
  }

  private static void endWith(long parent) {
    ProcessHandle.of(parent)
        .ifPresentOrElse(process -> process.onExit().thenRun(Tethered::end), Tethered::end);
  }

  /** Ends the program at once, since its output has no reader. */
  private static void end() {
    Runtime.getRuntime().halt(PARENT_GONE);
  }
}
