package io.contextkeep.vault;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command that runs a program of ours in a process of its own, on this JDK and class path. */
public final class ChildJava {
  private ChildJava() {}

  /** Flags for one that lives for seconds, for which what starts fast is fast, and more of them. */
  public static List<String> shortLived(String... more) {
    List<String> flags = new ArrayList<>(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    flags.addAll(List.of(more));
    return flags;
  }

  /**
   * The whole command; the program ends when this process does, also when that is killed.
   *
   * @param prefix what it runs in, such as a tracer or a namespace
   * @param flags the JVM's
   */
  public static List<String> command(
      List<String> prefix, List<String> flags, Class<?> main, List<String> arguments) {
    return command(prefix, flags, System.getProperty("java.class.path"), main, arguments);
  }

  /** The same for a short-lived one with a vault or its log: its classes come from an archive. */
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
