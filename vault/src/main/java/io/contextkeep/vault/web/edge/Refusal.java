package io.contextkeep.vault.web.edge;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;

/** The edge's own answers, after which the connection is closed. */
final class Refusal {
  private Refusal() {}

  static byte[] bytes(Refused why, byte[] body, String moreHeaders) {
    String head =
        "HTTP/1.1 "
            + HttpResponseStatus.valueOf(why.status())
            + "\r\nContent-Type: application/problem+json\r\nCache-Control: no-store\r\n"
            + moreHeaders
            + "Connection: close\r\nContent-Length: "
            + body.length
            + "\r\n\r\n";
    byte[] start = head.getBytes(StandardCharsets.ISO_8859_1);
    byte[] all = new byte[start.length + body.length];
    System.arraycopy(start, 0, all, 0, start.length);
    System.arraycopy(body, 0, all, start.length, body.length);
    return all;
  }
}
