package io.contextkeep.vault.web;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

/**
 * The contract of this API, an OpenAPI 3.1 document, open to everybody. It is the file beside this
 * class, byte for byte, so a client that has it already (RFC 9110 section 13.1.2) is told so.
 */
final class Contract implements Handler<RoutingContext> {
  private static final byte[] DOCUMENT = document();
  private static final Tag TAG = Tag.of(DOCUMENT);

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
    var response =
        routing
            .response()
            .putHeader("ETag", TAG.text())
            .putHeader("Cache-Control", "public, max-age=300, must-revalidate");
    if (TAG.isHeld(routing.request().getHeader("If-None-Match"))) {
      response.setStatusCode(304).end();
    } else {
      response.putHeader("Content-Type", Media.JSON).end(Buffer.buffer(DOCUMENT));
    }
  }
}
