package io.contextkeep.bench;

import io.contextkeep.vault.demo.Api;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntFunction;

/**
 * The information that the time of a refusal gives an app about the existence of a customer.
 * Requests about customers and about unknown ones alternate in random order; the area under the
 * curve is the probability that the slower one of a pair is about customers. It is 0.5 if the time
 * reveals nothing; above 0.55 or below 0.45 the guarantee is broken.
 */
final class OracleBench implements Benchmark {
  private static final double MAX = 0.55;
  private static final int CUSTOMERS = 500;
  private static final int BATCH = 100;
  private static final int ATTRIBUTES = 8;
  private static final String PURPOSE = "dpv:ServicePersonalisation";
  private static final Duration TOKENS = Duration.ofHours(1);

  /** The earlier actions of each kind of customer. */
  private enum Kind {
    SILENT,
    WITHDRAWN,
    OBJECTED,
    RESTRICTED,
    ERASED;

    String name(int number) {
      return name().toLowerCase(java.util.Locale.ROOT) + number;
    }
  }

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Random random = new Random(1);

  @Override
  public void run(Settings settings, Figures figures) throws Exception {
    Path dir = settings.directory("oracle");
    try (VaultProcess vault = VaultProcess.withoutLimitOnRefusals(dir)) {
      vault.awaitReady();
      fill(vault);
      String shop = vault.token("app", "shop");
      Map<String, Pair> pairs = new LinkedHashMap<>();
      for (Kind kind : Kind.values()) {
        pairs.put(kind.name().toLowerCase(java.util.Locale.ROOT), single(vault, shop, kind));
      }
      pairs.put("batch.one", batch(vault, shop, OracleBench::again));
      pairs.put("batch.distinct", batch(vault, shop, OracleBench::distinct));
      List<String> broken = new ArrayList<>();
      for (Map.Entry<String, Pair> pair : pairs.entrySet()) {
        measure(pair.getValue(), settings.pairs() / 10);
        double area = measure(pair.getValue(), settings.pairs());
        figures.add("oracle." + pair.getKey() + ".auc", "of 1", area);
        System.out.printf("  %s %.3f%n", pair.getKey(), area);
        if (Math.abs(area - 0.5) > MAX - 0.5) {
          broken.add(pair.getKey());
        }
      }
      PromiseBroken.unless(broken.isEmpty(), "time tells who exists: " + broken);
    }
    Trees.delete(dir);
  }

  /** A request about customers, and the same about unknown ones, by a running number. */
  private record Pair(IntFunction<HttpRequest> known, IntFunction<HttpRequest> unknown) {}

  private Pair single(VaultProcess vault, String shop, Kind kind) {
    int many = kind == Kind.ERASED ? CUSTOMERS / 10 : CUSTOMERS;
    return new Pair(
        i -> get(vault, shop, kind.name(i % many)),
        i -> get(vault, shop, nobody(kind.name(i % many))));
  }

  private Pair batch(VaultProcess vault, String shop, IntFunction<List<String>> names) {
    return new Pair(
        i -> post(vault, shop, names.apply(i)),
        i -> post(vault, shop, names.apply(i).stream().map(OracleBench::nobody).toList()));
  }

  private static List<String> again(int number) {
    return Collections.nCopies(BATCH, Kind.SILENT.name(number % CUSTOMERS));
  }

  private static List<String> distinct(int number) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < BATCH; i++) {
      names.add(Kind.SILENT.name((number * BATCH + i) % CUSTOMERS));
    }
    return names;
  }

  /** Returns an unused name of the same length. */
  private static String nobody(String name) {
    return "x" + name.substring(1);
  }

  private static HttpRequest get(VaultProcess vault, String shop, String name) {
    String path =
        "/v1/customers/customer_number:"
            + name
            + "/context?purpose="
            + PURPOSE
            + "&attributes="
            + String.join(",", attributes());
    return request(vault.base().resolve(path), shop).build();
  }

  private static HttpRequest post(VaultProcess vault, String shop, List<String> names) {
    String body =
        """
        {"purpose": "%s", "attributes": ["%s"], "customers": ["customer_number:%s"]}\
        """
            .formatted(
                PURPOSE,
                String.join("\",\"", attributes()),
                String.join("\",\"customer_number:", names));
    return request(vault.base().resolve("/v1/context"), shop)
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(body))
        .build();
  }

  private static HttpRequest.Builder request(URI uri, String token) {
    return HttpRequest.newBuilder(uri)
        .timeout(Duration.ofMinutes(1))
        .header("Authorization", "Bearer " + token);
  }

  private double measure(Pair pair, int pairs) throws IOException, InterruptedException {
    double[] known = new double[pairs];
    double[] unknown = new double[pairs];
    for (int i = 0; i < pairs; i++) {
      if (random.nextBoolean()) {
        known[i] = time(pair.known().apply(i));
        unknown[i] = time(pair.unknown().apply(i));
      } else {
        unknown[i] = time(pair.unknown().apply(i));
        known[i] = time(pair.known().apply(i));
      }
    }
    return area(known, unknown);
  }

  private double time(HttpRequest request) throws IOException, InterruptedException {
    long begun = System.nanoTime();
    HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
    long nanos = System.nanoTime() - begun;
    boolean refused = answer.statusCode() == 403 || !answer.body().contains("\"values\"");
    PromiseBroken.unless(
        refused && (answer.statusCode() == 403 || answer.statusCode() == 200),
        "the answer was " + answer.statusCode());
    return nanos;
  }

  /** Returns the Mann-Whitney statistic: the share of all pairs in which the first is greater. */
  static double area(double[] first, double[] second) {
    double[] sorted = second.clone();
    Arrays.sort(sorted);
    double greater = 0;
    for (double one : first) {
      int below = below(sorted, one);
      int notAbove = below(sorted, Math.nextUp(one));
      greater += below + (notAbove - below) / 2.0;
    }
    return greater / ((double) first.length * second.length);
  }

  /** Returns the number of smaller ones among the sorted numbers. */
  private static int below(double[] sorted, double limit) {
    int from = 0;
    int to = sorted.length;
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (sorted[middle] < limit) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from;
  }

  private static List<String> attributes() {
    List<String> names = new ArrayList<>();
    for (int i = 1; i <= ATTRIBUTES; i++) {
      names.add("trait_" + i);
    }
    return names;
  }

  private void fill(VaultProcess vault) throws IOException, InterruptedException {
    RetailVault.register(vault);
    String olga = vault.token("operator", "olga");
    String otto = vault.token("operator", "otto");
    Api one = new Api(vault.base(), () -> olga);
    Api another = new Api(vault.base(), () -> otto);
    for (String name : attributes()) {
      one.register(
          another,
          "/v1/attributes/" + name,
          """
          {"kind": "value", "facet": "profile", "category": "pd:Country", "sensitivity": "low",
           "retentionDays": 3650, "schema": {"type": "string", "maxLength": 100}}\
          """);
    }
    String source = vault.token("source", "crm");
    for (Kind kind : Kind.values()) {
      ingest(vault, source, kind);
    }
    for (int i = 0; i < CUSTOMERS; i++) {
      act(vault, Kind.WITHDRAWN.name(i), "PUT", RetailVault.CONSENT, "DELETE", RetailVault.CONSENT);
      String objection = "/v1/me/objections/" + PURPOSE;
      act(vault, Kind.OBJECTED.name(i), "PUT", RetailVault.CONSENT, "PUT", objection);
      act(vault, Kind.RESTRICTED.name(i), "PUT", RetailVault.CONSENT, "PUT", "/v1/me/restriction");
      if (i < CUSTOMERS / 10) {
        act(vault, Kind.ERASED.name(i), "DELETE", "/v1/me");
      }
    }
  }

  /** Sends each method and path as the customer. */
  private void act(VaultProcess vault, String name, String... methodsAndPaths)
      throws IOException, InterruptedException {
    String token = vault.issuer().issueToCustomer("customer_number:" + name, TOKENS);
    for (int i = 0; i < methodsAndPaths.length; i += 2) {
      send(
          request(vault.base().resolve(methodsAndPaths[i + 1]), token)
              .method(methodsAndPaths[i], HttpRequest.BodyPublishers.noBody()));
    }
  }

  private void ingest(VaultProcess vault, String source, Kind kind)
      throws IOException, InterruptedException {
    int most = kind == Kind.ERASED ? CUSTOMERS / 10 : CUSTOMERS;
    for (int from = 0; from < most; from += 50) {
      StringBuilder lines = new StringBuilder();
      for (int i = from; i < from + 50; i++) {
        for (String attribute : attributes()) {
          Instant observed = Instant.now().minus(Duration.ofDays(random.nextInt(300)));
          lines.append(
              """
              {"customer":{"customer_number":"%s"},"attribute":"%s","observed":"%s","value":"%s"}
              """
                  .formatted(kind.name(i), attribute, observed, "v".repeat(random.nextInt(5, 60))));
        }
      }
      send(
          request(vault.base().resolve("/v1/ingest"), source)
              .header("Content-Type", "application/x-ndjson")
              .header("Idempotency-Key", kind.name(from))
              .POST(HttpRequest.BodyPublishers.ofString(lines.toString())));
    }
  }

  private void send(HttpRequest.Builder request) throws IOException, InterruptedException {
    HttpResponse<String> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() / 100 != 2) {
      throw new IllegalStateException("The vault answered " + answer.body());
    }
  }
}
