package io.contextkeep.vault;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Raw HTTP on a connection of its own, for requests that no client library sends. */
final class BareHttp {
  private static final Pattern LENGTH = Pattern.compile("\r\ncontent-length: (\\d+)\r\n");

  /** A complete answer. */
  record Reply(int status, String body) {}

  /** An answer that began and did not end, which must never happen. */
  static final class HalfWritten extends RuntimeException {
    private static final long serialVersionUID = 1;

    HalfWritten(String what) {
      super(what);
    }
  }

  private BareHttp() {}

  static Optional<Reply> get(int port, String path, String... headers) {
    StringBuilder request = new StringBuilder("GET " + path + " HTTP/1.1\r\n");
    for (String header : headers) {
      request.append(header).append("\r\n");
    }
    return send(port, request + "Host: vault\r\nConnection: close\r\n\r\n");
  }

  static Optional<Reply> ask(int port, String token, String path) {
    return get(port, path, "Authorization: Bearer " + token);
  }

  /** Returns the answer; empty if the connection was refused or closed before its first byte. */
  static Optional<Reply> send(int port, String request) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(60_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
      InputStream in = socket.getInputStream();
      in.transferTo(bytes);
    } catch (IOException refused) {
      if (bytes.size() == 0) {
        return Optional.empty();
      }
      throw new HalfWritten(bytes.toString(StandardCharsets.ISO_8859_1));
    }
    return bytes.size() == 0
        ? Optional.empty()
        : Optional.of(whole(bytes.toString(StandardCharsets.UTF_8)));
  }

  private static Reply whole(String text) {
    int end = text.indexOf("\r\n\r\n");
    if (end < 0) {
      throw new HalfWritten(text);
    }
    String body = text.substring(end + 4);
    Matcher length = LENGTH.matcher(text.substring(0, end + 2).toLowerCase(Locale.ROOT));
    if (!length.find()
        || Integer.parseInt(length.group(1)) != body.getBytes(StandardCharsets.UTF_8).length) {
      throw new HalfWritten(text);
    }
    return new Reply(Integer.parseInt(text.substring(9, 12)), body);
  }
}
