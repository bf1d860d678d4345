package io.contextkeep.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * One step of load: on one thread, a number of connections over loopback, each with one request
 * outstanding, followed by the next as soon as it is answered. At the end of the time no more
 * requests are sent, and the last answers are awaited, as the server counts them too.
 */
final class Load {
  private static final long STALLED_MILLIS = 30_000;

  /**
   * The result.
   *
   * @param ok all answers with status 200
   * @param other answers with another status
   * @param timely the answers of {@code ok} within the time
   * @param nanos the duration
   * @param p50 the latency of {@code ok} in milliseconds, and so on
   */
  record Result(long ok, long other, long timely, long nanos, double p50, double p99) {
    double perSecond() {
      return timely * 1e9 / nanos;
    }
  }

  private final class Connection {
    final ResponseReader reader = new ResponseReader();
    final SocketChannel channel;
    final SelectionKey key;
    long sent;
    ByteBuffer unsent = ByteBuffer.allocate(0);

    Connection(int port) throws IOException {
      channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.configureBlocking(false);
      key = channel.register(selector, SelectionKey.OP_READ, this);
    }

    void send(long now) throws IOException {
      sent = now;
      unsent = requests.get(next).duplicate();
      next = next + 1 == requests.size() ? 0 : next + 1;
      write();
    }

    void ready() throws IOException {
      if (key.isWritable()) {
        write();
      }
      int status = reader.read(channel);
      if (status != 0) {
        answered(this, status);
      }
    }

    private void write() throws IOException {
      channel.write(unsent);
      int read = SelectionKey.OP_READ;
      int interest = unsent.hasRemaining() ? read | SelectionKey.OP_WRITE : read;
      if (key.interestOps() != interest) {
        key.interestOps(interest);
      }
    }
  }

  private final Selector selector;
  private final List<ByteBuffer> requests;
  private final Histogram latencies = new Histogram(1, 120_000_000_000L, 3);
  private int next;
  private int outstanding;
  private long end;
  private long ok;
  private long other;
  private long timely;

  private Load(Selector selector, List<ByteBuffer> requests) {
    this.selector = selector;
    this.requests = requests;
  }

  /** Sends the requests in turn to the server on a port, for that time. */
  static Result run(int port, int connections, Duration time, List<ByteBuffer> requests)
      throws IOException {
    try (Selector selector = Selector.open()) {
      return new Load(selector, requests).run(port, connections, time.toNanos());
    }
  }

  private Result run(int port, int connections, long nanos) throws IOException {
    Connection[] all = new Connection[connections];
    try {
      for (int i = 0; i < connections; i++) {
        all[i] = new Connection(port);
      }
      long begun = System.nanoTime();
      end = begun + nanos;
      for (Connection connection : all) {
        outstanding++;
        connection.send(System.nanoTime());
      }
      untilAllAreAnswered();
      return new Result(ok, other, timely, nanos, millis(50), millis(99));
    } finally {
      for (Connection connection : all) {
        if (connection != null) {
          connection.channel.close();
        }
      }
    }
  }

  private void untilAllAreAnswered() throws IOException {
    while (outstanding > 0) {
      int ready = selector.select(Load::ready, STALLED_MILLIS);
      if (ready == 0) {
        throw new IOException("The server did not answer for " + STALLED_MILLIS + " ms");
      }
    }
  }

  private static void ready(SelectionKey key) {
    try {
      ((Connection) key.attachment()).ready();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void answered(Connection connection, int status) throws IOException {
    long now = System.nanoTime();
    boolean inTime = now < end;
    if (status == 200) {
      ok++;
      timely += inTime ? 1 : 0;
      latencies.recordValue(now - connection.sent);
    } else {
      other++;
    }
    if (inTime) {
      connection.send(now);
    } else {
      outstanding--;
    }
  }

  private double millis(double percentile) {
    return latencies.getValueAtPercentile(percentile) / 1e6;
  }
}
