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
 * The public API reference: a page that shows the contract in Swagger UI, with all files served by
 * this vault. A file's name has the hash of its content, so caches may keep it forever. Only a
 * fixed list of files is served, by their full names.
 */
final class ApiReference implements Routes.Api {
  /** Scripts and other files come from this vault only, and the page has no inline script. */
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
          + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private static final String CSS = "text/css";
  private static final String JAVASCRIPT = "text/javascript";
  private static final String IMMUTABLE = "public, max-age=31536000, immutable";
  private static final String REVALIDATE = "public, max-age=300, must-revalidate";

  @Override
  public void mount(Routes routes) {
    routes
        .route(GET, "/docs")
        .anonymous(HtmlPage.TYPE)
        .handle(request -> headed(Files.PAGE, request, REVALIDATE));
    routes.route(GET, "/docs/:file").anonymous(CSS, JAVASCRIPT).handle(ApiReference::file);
  }

  private static Answer file(OpenRequest request) {
    return Optional.ofNullable(Files.BY_NAME.get(request.path("file")))
        .map(file -> headed(file, request, IMMUTABLE))
        .orElseThrow(() -> new Problem(404, "not_found", "No such file; /docs links to all files"));
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

  /** The page and its files, read for the first request. */
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

    /** Adds a file under a name with its hash; returns the page with that name. */
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
