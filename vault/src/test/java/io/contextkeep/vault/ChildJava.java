package io.contextkeep.vault;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command that runs a program of ours in a process of its own, on this JDK and class path. */
public final class ChildJava {
  /** For one that lives for seconds: what starts fast is fast. */
  public static final List<String> SHORT_LIVED =
      List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

  private ChildJava() {}

  /**
   * @param prefix what it runs in, such as a tracer or a namespace
   * @param flags the JVM's
   */
  public static List<String> command(
      List<String> prefix, List<String> flags, Class<?> main, List<String> arguments) {
    List<String> command = new ArrayList<>(prefix);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(arguments);
    return command;
  }
}
