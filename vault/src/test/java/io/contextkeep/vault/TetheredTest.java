package io.contextkeep.vault;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a test started does not outlive it, however it ends. */
@Timeout(120)
final class TetheredTest {

  /** Says which process it is, and waits for ever. */
  static final class Waiting {
    private Waiting() {}

    public static void main(String[] args) throws InterruptedException {
      System.out.println(ProcessHandle.current().pid());
      Thread.sleep(Long.MAX_VALUE);
    }
  }

  /** A test's process: it starts the one that waits, says who that is, and waits too. */
  static final class Starting {
    private Starting() {}

    public static void main(String[] args) throws Exception {
      List<String> command =
          ChildJava.command(List.of(), ChildJava.shortLived(), Waiting.class, List.of());
      Process waiting = new ProcessBuilder(command).start();
      System.out.println(waiting.inputReader().readLine());
      waiting.waitFor();
    }
  }

  @Test
  void aChild_endsWhenItsParentIsKilled() throws Exception {
    List<String> command =
        ChildJava.command(List.of(), ChildJava.shortLived(), Starting.class, List.of());
    Process starting = new ProcessBuilder(command).start();
    BufferedReader says = starting.inputReader();
    Optional<ProcessHandle> grandchild = ProcessHandle.of(Long.parseLong(says.readLine()));
    assertThat(grandchild).isPresent();
    starting.destroyForcibly().waitFor();
    grandchild.get().onExit().get(60, TimeUnit.SECONDS);
    assertThat(grandchild.get().isAlive()).isFalse();
  }
}
