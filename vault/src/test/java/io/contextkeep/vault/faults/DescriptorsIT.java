package io.contextkeep.vault.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A vault with few file descriptors and more connections. */
@Timeout(300)
final class DescriptorsIT {
  private static final int DESCRIPTORS = 800;
  private static final int LEFT_FOR_FILES = 128;
  private static final String BEGUN = "GET /health/live HTTP/1.1\r\nHost: vault\r\nX: ";

  @Test
  void connections_leaveDescriptorsForFiles_andFurtherOnesAreRefused(@TempDir Path dir)
      throws Exception {
    List<String> few = List.of("sh", "-c", "ulimit -n " + DESCRIPTORS + " && exec \"$@\"", "sh");
    List<Socket> open = new ArrayList<>();
    try (ChildVault vault = ChildVault.begin(dir, few)) {
      vault.awaitReady();
      String refused = "";
      while (refused.isEmpty()) {
        assertThat(open.size()).isLessThan(2 * DESCRIPTORS);
        open.add(new Socket(InetAddress.getLoopbackAddress(), vault.port()));
        refused = begin(open.getLast());
      }
      assertThat(refused).startsWith("HTTP/1.1 503 ");
      try (Stream<Path> files = Files.list(Path.of("/proc/" + vault.pid() + "/fd"))) {
        assertThat(files.count()).isLessThan(DESCRIPTORS - LEFT_FOR_FILES);
      }
      close(open);
      vault.awaitReady();
      vault.parties().furnish();
      assertThat(vault.log()).doesNotContain("Too many open files");
    } finally {
      close(open);
    }
  }

  /** Begins a request that does not end; returns the immediate answer. */
  private static String begin(Socket socket) throws IOException {
    socket.getOutputStream().write(BEGUN.getBytes(StandardCharsets.ISO_8859_1));
    socket.setSoTimeout(5);
    try {
      return new String(socket.getInputStream().readNBytes(13), StandardCharsets.ISO_8859_1);
    } catch (SocketTimeoutException waits) {
      return "";
    }
  }

  private static void close(List<Socket> sockets) throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
