package io.contextkeep.vault.web;

import static io.vertx.core.http.HttpMethod.GET;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/** The public contract of this API: one document, composed for the first request. */
final class Contract implements Routes.Api {

  /** The composed document, loaded lazily because composing is too slow for every start. */
  private static final class Document {
    static final StaticFile FILE =
        StaticFile.of(
            Media.JSON, ContractDocument.compose().toString().getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void mount(Routes routes) {
    routes.route(GET, "/v1/openapi.json").anonymous(Media.JSON).handle(Contract::answer);
  }

  private static Answer answer(OpenRequest request) {
    return Document.FILE.answer(
        request, Map.of("Cache-Control", "public, max-age=300, must-revalidate"));
  }
}
