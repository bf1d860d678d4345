package io.contextkeep.vault.web;

import static io.vertx.core.http.HttpMethod.GET;

import io.contextkeep.audit.tree.Hashes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;

/**
 * The API reference, open to everybody: a page that draws the contract with Swagger UI, whose files
 * come from this vault alone. A file's name holds the hash of its content, so caches may keep it
 * for ever. Only the files of one fixed list are served, looked up by their whole names.
 */
final class ApiReference implements Routes.Api {
  /** Nothing runs or is fetched but what this vault serves, and no script stands in the page. */
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
          + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private static final String CSS = "text/css";
  private static final String JAVASCRIPT = "text/javascript";
  private static final String FOR_EVER = "public, max-age=31536000, immutable";
  private static final String UNTIL_THE_NEXT_VERSION = "public, max-age=300, must-revalidate";

  @Override
  public void mount(Routes routes) {
    routes
        .route(GET, "/docs")
        .anonymous(HtmlPage.TYPE)
        .handle(request -> headed(Files.PAGE, request, UNTIL_THE_NEXT_VERSION));
    routes.route(GET, "/docs/:file").anonymous(CSS, JAVASCRIPT).handle(ApiReference::file);
  }

  private static Answer file(OpenRequest request) {
    return Optional.ofNullable(Files.BY_NAME.get(request.path("file")))
        .map(file -> headed(file, request, FOR_EVER))
        .orElseThrow(() -> new Problem(404, "not_found", "See /docs for the files there are"));
  }

  private static Answer headed(StaticFile file, OpenRequest request, String cacheControl) {
    return file.answer(
        request,
        Map.of(
            "Cache-Control",
            cacheControl,
            "Content-Security-Policy",
            POLICY,
            "X-Content-Type-Options",
            "nosniff",
            "Referrer-Policy",
            "no-referrer"));
  }

  /** The page and its files, read when somebody asks for the first of them. */
  private static final class Files {
    static final Map<String, StaticFile> BY_NAME = new LinkedHashMap<>();
    static final StaticFile PAGE;

    static {
      String webJar = "/META-INF/resources/webjars/swagger-ui/" + version() + "/";
      String page = new String(bytes("reference.html"), StandardCharsets.UTF_8);
      page = add(page, "swagger-ui.css", CSS, bytes(webJar + "swagger-ui.css"));
      page = add(page, "swagger-ui-bundle.js", JAVASCRIPT, bytes(webJar + "swagger-ui-bundle.js"));
      page = add(page, "reference.js", JAVASCRIPT, bytes("reference.js"));
      PAGE = StaticFile.of(HtmlPage.TYPE, page.getBytes(StandardCharsets.UTF_8));
    }

    /** Adds a file under a name with its hash; the page that is returned names it so. */
    private static String add(String page, String name, String type, byte[] content) {
      String hash = HexFormat.of().formatHex(Hashes.sha256().digest(content), 0, 8);
      BY_NAME.put(hash + "-" + name, StaticFile.of(type, content));
      return page.replace("{" + name + "}", hash + "-" + name);
    }

    private static String version() {
      Properties properties = new Properties();
      try (InputStream in = open("/META-INF/maven/org.webjars/swagger-ui/pom.properties")) {
        properties.load(in);
      } catch (IOException e) {
        throw new UncheckedIOException("Swagger UI's version cannot be read", e);
      }
      return Objects.requireNonNull(properties.getProperty("version"), "Swagger UI has a version");
    }

    private static byte[] bytes(String resource) {
      try (InputStream in = open(resource)) {
        return in.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException("A file of the API reference cannot be read", e);
      }
    }

    private static InputStream open(String resource) {
      return Objects.requireNonNull(ApiReference.class.getResourceAsStream(resource), resource);
    }
  }
}
