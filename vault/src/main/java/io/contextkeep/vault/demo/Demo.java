package io.contextkeep.vault.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.identity.VaultIssuer;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** The demo, which fills a new vault with the sample data and prints examples to try. */
public final class Demo {
  private static final Duration TOKEN_LIFE = Duration.ofHours(12);
  private static final String CUSTOMER = "customer_number:12347";

  /** The number of lines in the bundled sample. */
  private static final long LINES = 73_443;

  private final URI base;
  private final VaultIssuer issuer;

  public Demo(URI base, VaultIssuer issuer) {
    this.base = base;
    this.issuer = issuer;
  }

  /**
   * Registers and loads everything, and writes the URL and tokens to a file that only its owner may
   * read.
   */
  public void run(Path file, PrintStream out) throws IOException {
    Map<String, String> tokens = tokens();
    Api operator = new Api(base, () -> issuer.issue("olga", Role.OPERATOR, TOKEN_LIFE));
    Api another = new Api(base, () -> issuer.issue("otto", Role.OPERATOR, TOKEN_LIFE));
    DemoCatalogue.registrations().forEach((path, json) -> operator.register(another, path, json));
    Api source = new Api(base, () -> issuer.issue("crm", Role.SOURCE, TOKEN_LIFE));
    try (InputStream sample =
        Objects.requireNonNull(Demo.class.getResourceAsStream("online-retail-sample.csv.gz"))) {
      out.println("Loaded " + new RetailLoader(source, true).load(sample, LINES));
    }
    source.ingest(inventedLines().getBytes(StandardCharsets.UTF_8), "demo-invented");
    write(file, tokens);
    print(out, tokens);
  }

  private static String inventedLines() {
    String now = Instant.now().toString();
    StringBuilder lines = new StringBuilder();
    Map.of(
            "email", "\"ann.example@example.com\"",
            "language", "\"en-GB\"",
            "health_note", "\"an invented allergy\"",
            "looking_for", "\"a teapot\"",
            "household", "3")
        .forEach(
            (name, value) ->
                lines.append(
                    "{\"customer\":{\"customer_number\":\"12347\"},\"attribute\":\"%s\",\"observed\":\"%s\",\"value\":%s}%n"
                        .formatted(name, now, value)));
    return lines.toString();
  }

  /**
   * The file that the demo writes.
   *
   * @param tokens a token for each role
   */
  private record DemoFile(String url, String customer, Map<String, String> tokens) {
    @Override
    public String toString() {
      return "DemoFile[" + url + ", redacted]";
    }
  }

  private Map<String, String> tokens() {
    Map<String, String> tokens = new LinkedHashMap<>();
    tokens.put("customer", issuer.issueToCustomer(CUSTOMER, TOKEN_LIFE));
    tokens.put("app", issuer.issue("shop", Role.APP, TOKEN_LIFE));
    tokens.put("source", issuer.issue("crm", Role.SOURCE, TOKEN_LIFE));
    tokens.put("analyst", issuer.issue("ana", Role.ANALYST, TOKEN_LIFE));
    tokens.put("auditor", issuer.issue("audrey", Role.AUDITOR, TOKEN_LIFE));
    tokens.put("operator", issuer.issue("olga", Role.OPERATOR, TOKEN_LIFE));
    tokens.put("secondOperator", issuer.issue("otto", Role.OPERATOR, TOKEN_LIFE));
    return tokens;
  }

  private void write(Path file, Map<String, String> tokens) throws IOException {
    String json =
        new ObjectMapper()
            .writerWithDefaultPrettyPrinter()
            .writeValueAsString(new DemoFile(base.toString(), CUSTOMER, tokens));
    Files.createDirectories(Objects.requireNonNull(file.toAbsolutePath().getParent()));
    Files.deleteIfExists(file);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, json + "\n");
  }

  private void print(PrintStream out, Map<String, String> tokens) {
    String context =
        "/v1/customers/"
            + CUSTOMER
            + "/context?purpose=dpv:ServicePersonalisation&attributes=country,email,spend_pence,health_note";
    String consent = "/v1/me/consents/dpv:ServicePersonalisation/shop";
    out.println();
    out.println("The vault is at " + base + "  (liveness: " + base + "/health/live)");
    out.println("One token for each role:");
    tokens.forEach((role, token) -> out.println("  " + role + "  " + token));
    out.println();
    out.println(
        "Try these in order: a read without consent, the consent, the read, the customer's list of"
            + " accesses, the audit log:");
    out.println(curl(tokens, "app", "", context));
    out.println(curl(tokens, "customer", "-X PUT ", consent));
    out.println(curl(tokens, "app", "", context));
    out.println(curl(tokens, "customer", "", "/v1/me/accesses"));
    out.println(curl(tokens, "auditor", "", "/v1/audit/entries?actor=shop"));
    out.println();
    out.println(
        "Publicly verifiable, without a token: the checkpoint of the audit log, and the receipt of"
            + " an entry (any index that an answer names):");
    out.println(curl("/audit/checkpoint"));
    out.println(curl("/v1/receipts/0"));
    out.println();
    out.println("Stop with Ctrl-C.");
    out.flush();
  }

  private String curl(String path) {
    return "curl -s '%s%s'".formatted(base, path);
  }

  private String curl(Map<String, String> tokens, String role, String options, String path) {
    return "curl -s %s-H 'Authorization: Bearer %s' '%s%s'"
        .formatted(options, tokens.get(role), base, path);
  }
}
