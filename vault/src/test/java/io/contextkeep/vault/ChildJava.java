package io.contextkeep.vault;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command that runs a program in a child process, with this JDK and class path. */
public final class ChildJava {
  private ChildJava() {}

  /** Flags for a short-lived program, for which a fast start matters most. */
  public static List<String> shortLived(String... more) {
    List<String> flags = new ArrayList<>(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    flags.addAll(List.of(more));
    return flags;
  }

  /**
   * Returns the command; the program ends with this process, even if that is killed.
   *
   * @param prefix a wrapper, such as a tracer or a namespace
   * @param flags the flags of the JVM
   */
  public static List<String> command(
      List<String> prefix, List<String> flags, Class<?> main, List<String> arguments) {
    return command(prefix, flags, System.getProperty("java.class.path"), main, arguments);
  }

  /** Returns the command of a short-lived program, with classes from the archive. */
  public static List<String> archived(
      List<String> prefix, List<String> flags, Class<?> main, List<String> arguments) {
    // What the JVM has to say of the archive would stand in the middle of what the program prints.
    List<String> all = shortLived("-Xlog:disable", ChildClasses.flag());
    all.addAll(flags);
    return command(prefix, all, ChildClasses.classPath(), main, arguments);
  }

  static List<String> command(
      List<String> prefix,
      List<String> flags,
      String classPath,
      Class<?> main,
      List<String> arguments) {
    List<String> command = new ArrayList<>(prefix);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(List.of("-cp", classPath));
    String parent = String.valueOf(ProcessHandle.current().pid());
    command.addAll(List.of(Tethered.class.getName(), parent, main.getName()));
    command.addAll(arguments);
    return command;
  }
}
