package io.contextkeep.vault.siem;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/**
 * A real collector of syslog by octet counting, plain or with TLS, which can be made to fail while
 * it reads.
 */
public final class SyslogServer implements AutoCloseable {
  private final ServerSocket server;
  private final List<String> messages = new ArrayList<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition news = lock.newCondition();
  private final Random random = new Random(11);
  private volatile int deaths;

  public SyslogServer(ServerSocket server) {
    this.server = server;
    Thread.ofPlatform().daemon().start(this::serve);
  }

  public static SyslogServer plain() throws IOException {
    return new SyslogServer(new ServerSocket(0, 16, InetAddress.getLoopbackAddress()));
  }

  public int port() {
    return server.getLocalPort();
  }

  /** Makes the next connections fail after a few messages each. */
  public void die(int times) {
    deaths = times;
  }

  private void serve() {
    while (!server.isClosed()) {
      try (Socket socket = server.accept()) {
        int most = deaths > 0 ? random.nextInt(5) : Integer.MAX_VALUE;
        read(new BufferedInputStream(socket.getInputStream()), most);
        if (most < Integer.MAX_VALUE) {
          deaths--;
          socket.setSoLinger(true, 0);
        }
      } catch (IOException broken) {
        // The next one may succeed.
      }
    }
  }

  private void read(InputStream in, int most) throws IOException {
    for (int i = 0; i < most; i++) {
      int length = 0;
      int c = in.read();
      for (; c >= '0' && c <= '9'; c = in.read()) {
        length = length * 10 + c - '0';
      }
      if (c < 0) {
        return;
      }
      byte[] message = in.readNBytes(length);
      if (message.length == length) {
        take(new String(message, StandardCharsets.UTF_8));
      }
    }
  }

  private void take(String message) {
    lock.lock();
    try {
      messages.add(message);
      news.signalAll();
    } finally {
      lock.unlock();
    }
  }

  public List<String> messages() {
    lock.lock();
    try {
      return List.copyOf(messages);
    } finally {
      lock.unlock();
    }
  }

  /** Waits until the received messages satisfy the condition. */
  public List<String> await(Predicate<List<String>> enough) throws InterruptedException {
    lock.lock();
    try {
      while (!enough.test(messages)) {
        news.await();
      }
      return List.copyOf(messages);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
