package io.contextkeep.vault;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The API reference, which needs only this vault and a browser. */
@TestInstance(Lifecycle.PER_CLASS)
final class ApiReferenceIT {
  private static final Pattern REFERENCE = Pattern.compile("(?:href|src)=\"([^\"]+)\"");

  private TestVault vault;

  @BeforeAll
  void start(@TempDir Path dir) {
    vault = new TestVault(dir);
  }

  @AfterAll
  void checkInvariants() {
    vault.close();
  }

  @Test
  void thePageAndItsFiles_areServedByThisVault() {
    assertThat(references())
        .hasSize(4)
        .allSatisfy(path -> assertThat(get(path, Map.of()).statusCode()).as(path).isEqualTo(200));
    HttpResponse<byte[]> script = get(file("swagger-ui-bundle.js"), Map.of());
    assertThat(text(script).contains("SwaggerUIBundle")).isTrue();
    assertThat(text(get(file("reference.js"), Map.of()))).contains("url: \"/v1/openapi.json\"");
  }

  @Test
  void theContentSecurityPolicy_allowsOnlyTheVaultsFiles() {
    String page = text(get("/docs", Map.of()));
    assertThat(page).doesNotContainPattern("<script(?![^>]* src=)").doesNotContain(" on", "style=");
    for (String path : List.of("/docs", file("swagger-ui-bundle.js"))) {
      String policy = header(get(path, Map.of()), "Content-Security-Policy");
      assertThat(Arrays.stream(policy.split(";")).map(String::strip))
          .contains("default-src 'none'", "script-src 'self'", "connect-src 'self'")
          .allMatch(directive -> directive.matches("[a-z-]+( ('none'|'self'|'self' data:))"));
    }
    String css = text(get(file("swagger-ui.css"), Map.of()));
    assertThat(css.contains("@import")).isFalse();
    assertThat(Pattern.compile("url\\([\"']?+(?!data:)").matcher(css).find()).isFalse();
    for (String ours : List.of(page, text(get(file("reference.js"), Map.of())))) {
      assertThat(ours).doesNotContain("http:", "https:", "\"//");
    }
  }

  @Test
  void filesAreCachedForEver_andThePageUntilTheNextVersion() {
    for (String path : List.of("/docs", file("swagger-ui.css"))) {
      HttpResponse<byte[]> first = get(path, Map.of());
      assertThat(header(first, "Cache-Control").contains("immutable"))
          .isEqualTo(path.endsWith(".css"));
      HttpResponse<byte[]> again = get(path, Map.of("If-None-Match", header(first, "ETag")));
      assertThat(again.statusCode()).isEqualTo(304);
      assertThat(again.body()).isEmpty();
    }
  }

  @Test
  void aClientThatAcceptsGzip_getsTheSameContentCompressed() throws Exception {
    String path = file("swagger-ui-bundle.js");
    HttpResponse<byte[]> plain = get(path, Map.of());
    assertThat(plain.headers().firstValue("Content-Encoding")).isEmpty();
    HttpResponse<byte[]> zipped = get(path, Map.of("Accept-Encoding", "br, gzip;q=0.8"));
    assertThat(header(zipped, "Content-Encoding")).isEqualTo("gzip");
    assertThat(header(zipped, "Vary")).isEqualTo("Accept-Encoding");
    assertThat(header(zipped, "ETag")).isNotEqualTo(header(plain, "ETag"));
    assertThat(zipped.body().length).isLessThan(plain.body().length / 2);
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(zipped.body()))) {
      assertThat(in.readAllBytes()).isEqualTo(plain.body());
    }
    HttpResponse<byte[]> refused = get(path, Map.of("Accept-Encoding", "br, gzip;q=0.0"));
    assertThat(refused.body()).isEqualTo(plain.body());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/docs/index.html",
        "/docs/swagger-ui.css",
        "/docs/reference.html",
        "/docs/META-INF",
        "/docs/openapi.json"
      })
  void onlyThePagesFiles_areServed(String path) {
    assertThat(get(path, Map.of()).statusCode()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/docs/../v1/apps", "/docs/%2e%2e%2fopenapi.json", "/docs/..%5copenapi.json"})
  void aPathOutOfTheDirectory_isMalformed(String path) {
    assertThat(get(path, Map.of()).statusCode()).isEqualTo(400);
  }

  /** Returns all files that the page names, including the contract. */
  private List<String> references() {
    return REFERENCE
        .matcher(text(get("/docs", Map.of())))
        .results()
        .map(found -> found.group(1))
        .filter(path -> !path.equals("data:,"))
        .toList();
  }

  private String file(String name) {
    return references().stream()
        .filter(path -> path.endsWith("-" + name))
        .findFirst()
        .orElseThrow();
  }

  private HttpResponse<byte[]> get(String path, Map<String, String> headers) {
    return vault.exchange("GET", path, new byte[0], headers);
  }

  private static String header(HttpResponse<byte[]> response, String name) {
    return response.headers().firstValue(name).orElseThrow();
  }

  private static String text(HttpResponse<byte[]> response) {
    return new String(response.body(), StandardCharsets.UTF_8);
  }
}
