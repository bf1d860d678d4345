package io.contextkeep.vault.web;

import static io.vertx.core.http.HttpMethod.GET;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/** The public contract of this API: one document, composed once in a process. */
final class Contract implements Routes.Api {

  /** The composed document. Its making would slow down a start, so it is made beside it. */
  private static final class Document {
    static final StaticFile FILE =
        StaticFile.of(
            Media.JSON, ContractDocument.compose().toString().getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void mount(Routes routes) {
    routes.route(GET, "/v1/openapi.json").anonymous(Media.JSON).handle(Contract::answer);
  }

  /** Makes the document, so that no request waits for it. */
  static void prepare() {
    StaticFile unused = Document.FILE;
  }

  private static Answer answer(OpenRequest request) {
    return Document.FILE.answer(
        request, Map.of("Cache-Control", "public, max-age=300, must-revalidate"));
  }
}
