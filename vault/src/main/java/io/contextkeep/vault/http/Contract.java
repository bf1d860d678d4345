package io.contextkeep.vault.http;

import io.vertx.core.Handler;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Objects;

/**
 * The contract of this API, an OpenAPI 3.1 document, open to everybody. It is the file beside this
 * class, byte for byte, so a client that has it already (RFC 9110 section 13.1.2) is told so.
 */
final class Contract implements Handler<RoutingContext> {
  private static final byte[] DOCUMENT = document();
  private static final Tag TAG = Tag.of(DOCUMENT);
  private static final Map<String, String> HEADERS =
      Map.of("ETag", TAG.text(), "Cache-Control", "public, max-age=300, must-revalidate");

  private static byte[] document() {
    try (InputStream in =
        Objects.requireNonNull(Contract.class.getResourceAsStream("openapi.json"))) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("The API's document cannot be read", e);
    }
  }

  @Override
  public void handle(RoutingContext routing) {
    boolean held = TAG.isHeld(routing.request().getHeader("If-None-Match"));
    Answer answer =
        held
            ? new Answer(304, Media.JSON, new byte[0], HEADERS)
            : new Answer(200, Media.JSON, DOCUMENT, HEADERS);
    OnVirtualThread.write(routing, RequestId.next(), answer);
  }
}
