package io.contextkeep.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * OpenBao with its records in KV version 2, an audit device that writes a file, and a caller whose
 * policy lets it read the records only. The default policy, which it would interpret anew for every
 * request, is left out.
 */
final class OpenBao implements OtherServer {
  private final OtherProgram program;
  private final Path dir;

  private OpenBao(OtherProgram program, Path dir) {
    this.program = program;
    this.dir = dir;
  }

  /** Starts it from its binary, in an empty directory, and gives it records of customers. */
  static OpenBao start(Path binary, Path dir, Map<String, JsonNode> records)
      throws IOException, InterruptedException {
    int port = VaultProcess.freePort();
    Path settings = Files.writeString(dir.resolve("openbao.hcl"), settings(dir, port));
    OtherProgram program =
        OtherProgram.start(
            dir,
            port,
            "X-Vault-Token",
            Map.of(),
            List.of(binary.toString(), "server", "-config=" + settings));
    try {
      hold(program, dir.resolve("requests"), records);
    } catch (IOException | InterruptedException | RuntimeException e) {
      program.close();
      throw e;
    }
    return new OpenBao(program, dir);
  }

  private static String settings(Path dir, int port) {
    return """
    storage "file" {
      path = "%s"
    }
    listener "tcp" {
      address = "127.0.0.1:%d"
      tls_disable = true
    }
    audit "file" "log" {
      options {
        file_path = "%s"
      }
    }
    api_addr = "http://127.0.0.1:%d"
    log_level = "warn"
    """
        .formatted(dir.resolve("data"), port, audit(dir), port);
  }

  private static Path audit(Path dir) {
    return dir.resolve("audit.log");
  }

  private static void hold(OtherProgram program, Path requests, Map<String, JsonNode> records)
      throws IOException, InterruptedException {
    JsonNode made =
        program.send(
            "PUT", "/v1/sys/init", "none", Map.of("secret_shares", 1, "secret_threshold", 1));
    String root = made.path("root_token").asText();
    program.send("PUT", "/v1/sys/unseal", root, Map.of("key", made.path("keys").path(0).asText()));
    program.send(
        "POST",
        "/v1/sys/mounts/customers",
        root,
        Map.of("type", "kv", "options", Map.of("version", "2")));
    program.send(
        "PUT",
        "/v1/sys/policies/acl/shop",
        root,
        Map.of("policy", "path \"customers/data/*\" { capabilities = [\"read\"] }"));
    String shop =
        program
            .send(
                "POST",
                "/v1/auth/token/create",
                root,
                Map.of("policies", List.of("shop"), "no_default_policy", true, "ttl", "12h"))
            .path("auth")
            .path("client_token")
            .asText();
    StringBuilder all = new StringBuilder();
    for (Map.Entry<String, JsonNode> record : records.entrySet()) {
      String path = "/v1/customers/data/" + record.getKey();
      program.send("POST", path, root, Map.of("data", record.getValue()));
      all.append("GET ")
          .append(path)
          .append(" HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Vault-Token: ")
          .append(shop)
          .append("\r\n\r\n");
    }
    Files.writeString(requests, all);
  }

  @Override
  public String name() {
    return "openbao";
  }

  @Override
  public int port() {
    return program.port();
  }

  @Override
  public long pid() {
    return program.pid();
  }

  @Override
  public Path requests() {
    return dir.resolve("requests");
  }

  @Override
  public long audited() throws IOException {
    try (Stream<String> lines = Files.lines(audit(dir))) {
      return lines.count();
    }
  }

  @Override
  public void close() throws InterruptedException {
    program.close();
  }
}
