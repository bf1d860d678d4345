package io.contextkeep.bench;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/**
 * A reader of consecutive HTTP/1.1 responses from a connection with one outstanding request at a
 * time (RFC 9112, with Content-Length only).
 */
final class ResponseReader {
  private static final int END_OF_HEAD = 0x0d0a0d0a;
  private static final byte[] LENGTH =
      "content-length:".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

  private final ByteBuffer in = ByteBuffer.allocateDirect(256 * 1024);

  /** The position from which the end of the head is searched. */
  private int scanned;

  /** The bytes of the whole response; 0 while its head has not arrived. */
  private int total;

  /** Reads the available bytes; returns the status of a complete response, or 0. */
  int read(ReadableByteChannel channel) throws IOException {
    if (channel.read(in) < 0) {
      throw new EOFException("The server closed the connection");
    }
    if (total == 0) {
      findHead();
    }
    if (total == 0 || in.position() < total) {
      return 0;
    }
    if (in.position() > total) {
      throw new IOException("The server sent more than it was asked for");
    }
    int status = digit(9) * 100 + digit(10) * 10 + digit(11);
    in.clear();
    scanned = 0;
    total = 0;
    return status;
  }

  private void findHead() throws IOException {
    int end = in.position() - Integer.BYTES;
    while (scanned <= end) {
      if (in.get(scanned) == '\r' && in.getInt(scanned) == END_OF_HEAD) {
        total = scanned + Integer.BYTES + contentLength(scanned);
        if (total > in.capacity()) {
          throw new IOException("A response is larger than " + in.capacity() + " bytes");
        }
        return;
      }
      scanned++;
    }
  }

  private int contentLength(int head) throws IOException {
    for (int i = 0; i < head; i++) {
      if (in.get(i) == '\n' && isLength(i + 1)) {
        return number(i + 1 + LENGTH.length);
      }
    }
    throw new IOException("A response has no Content-Length");
  }

  private boolean isLength(int at) {
    for (int i = 0; i < LENGTH.length; i++) {
      if (Character.toLowerCase(in.get(at + i)) != LENGTH[i]) {
        return false;
      }
    }
    return true;
  }

  private int number(int at) {
    int i = at;
    while (in.get(i) == ' ') {
      i++;
    }
    int number = 0;
    while (in.get(i) >= '0' && in.get(i) <= '9') {
      number = number * 10 + digit(i++);
    }
    return number;
  }

  private int digit(int at) {
    return in.get(at) - '0';
  }
}
