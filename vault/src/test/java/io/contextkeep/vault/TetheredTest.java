package io.contextkeep.vault;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Child processes do not outlive their test, however it ends. */
@Timeout(120)
final class TetheredTest {

  /** Prints its process id and waits forever. */
  static final class Waiting {
    private Waiting() {}

    public static void main(String[] args) throws InterruptedException {
      System.out.println(ProcessHandle.current().pid());
      Thread.sleep(Long.MAX_VALUE);
    }
  }

  /** The process of a test, which starts the waiting one, prints its id and waits too. */
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
