package io.contextkeep.policy.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.contextkeep.policy.PolicyEngine;
import io.contextkeep.policy.PolicyFailure;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A server that answers by its script, byte for byte, like OPA or in invalid ways. The script can
 * be changed while it runs.
 */
final class ScriptedOpa implements AutoCloseable {
  static final String REVISION = "7-scripted";

  private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: (\\d+)\r\n");
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A received request. */
  record Request(String head, byte[] body) {}

  /** Writes an answer, a part of one, or nothing. */
  interface Script {
    boolean answer(Request request, OutputStream out) throws IOException, InterruptedException;
  }

  private final ServerSocket listening;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final Thread accepting;
  private volatile Script script;

  ScriptedOpa(Script script) {
    this.script = script;
    try {
      this.listening = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    accepting = Thread.ofVirtual().start(this::accept);
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + listening.getLocalPort());
  }

  void script(Script other) {
    script = other;
  }

  List<Request> requests() {
    return List.copyOf(requests);
  }

  /** Returns a script that decides like that engine, in OPA's form. */
  static Script evaluating(PolicyEngine engine) {
    return (request, out) -> {
      JsonNode input = JSON.readTree(request.body()).path("input");
      try {
        String result = engine.evaluate(input.toString()).json().toString();
        return text(out, 200, "application/json", answer(result));
      } catch (PolicyFailure e) {
        return text(out, 500, "application/json", "{\"code\":\"internal_error\"}");
      }
    };
  }

  /** Returns a script with an answer in OPA's form. */
  static String answer(String result) {
    return "{\"provenance\":{\"bundles\":{\"b\":{\"revision\":\""
        + REVISION
        + "\"}}},\"result\":"
        + result
        + "}";
  }

  static Script says(int status, String type, String body) {
    return (_, out) -> text(out, status, type, body);
  }

  static Script says(String json) {
    return says(200, "application/json", json);
  }

  /** Returns a script that sends these bytes and closes the connection. */
  static Script breaksOffAfter(String bytes) {
    return (_, out) -> {
      out.write(bytes.getBytes(StandardCharsets.UTF_8));
      out.flush();
      return false;
    };
  }

  /** Returns a script that sends these bytes and then nothing. */
  Script hangsAfter(String bytes) {
    return (_, out) -> {
      out.write(bytes.getBytes(StandardCharsets.UTF_8));
      out.flush();
      closed.await();
      return false;
    };
  }

  /** Returns a script with an answer that never ends, a byte at a time. */
  Script trickles() {
    return (_, out) -> {
      out.write(head(200, "application/json", 1 << 19).getBytes(StandardCharsets.UTF_8));
      do {
        out.write(' ');
        out.flush();
      } while (!closed.await(5, TimeUnit.MILLISECONDS));
      return false;
    };
  }

  private static boolean text(OutputStream out, int status, String type, String body)
      throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    out.write(head(status, type, bytes.length).getBytes(StandardCharsets.UTF_8));
    out.write(bytes);
    out.flush();
    return true;
  }

  static String head(int status, String type, int length) {
    return "HTTP/1.1 "
        + status
        + " Scripted\r\nContent-Type: "
        + type
        + "\r\nContent-Length: "
        + length
        + "\r\n\r\n";
  }

  private void accept() {
    while (closed.getCount() > 0) {
      try {
        Socket connection = listening.accept();
        connections.add(connection);
        Thread.ofVirtual().start(() -> serve(connection));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      InputStream in = new BufferedInputStream(connection.getInputStream());
      boolean goesOn = true;
      while (goesOn) {
        Request request = request(in);
        requests.add(request);
        goesOn = script.answer(request, connection.getOutputStream());
      }
    } catch (IOException | InterruptedException e) {
      // One of the two sides has closed the connection.
    } finally {
      connections.remove(connection);
    }
  }

  private static Request request(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    String text = "";
    while (!text.endsWith("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("ended");
      }
      head.write(next);
      text = next == '\n' ? head.toString(StandardCharsets.ISO_8859_1) : "";
    }
    Matcher length = LENGTH.matcher(text);
    return new Request(text, in.readNBytes(length.find() ? Integer.parseInt(length.group(1)) : 0));
  }

  /** Ends as if killed: it does not listen any more, and every connection ends. */
  @Override
  public void close() {
    closed.countDown();
    try {
      listening.close();
      // Until then it may accept one more.
      accepting.join();
      for (Socket connection : connections) {
        connection.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
