package io.contextkeep.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Databunker with its records in its SQLite database, its audit on as it is by default, and its
 * root token as the caller, since apps have no other.
 */
final class Databunker implements OtherServer {
  private static final String TOKEN_HEADER = "X-Bunker-Token";

  private final OtherProgram program;
  private final Path dir;

  private Databunker(OtherProgram program, Path dir) {
    this.program = program;
    this.dir = dir;
  }

  /** Starts it from its binary, in an empty directory, and gives it records of customers. */
  static Databunker start(Path binary, Path dir, Map<String, JsonNode> records)
      throws IOException, InterruptedException {
    int port = VaultProcess.freePort();
    String root = UUID.randomUUID().toString();
    Path settings = Files.writeString(dir.resolve("databunker.yaml"), settings(port));
    Map<String, String> secrets =
        Map.of(
            "DATABUNKER_MASTERKEY",
            (UUID.randomUUID() + "" + UUID.randomUUID()).replace("-", "").substring(0, 48),
            "DATABUNKER_ROOTTOKEN",
            root);
    List<String> files = List.of("-db", database(dir).toString(), "-conf", settings.toString());
    OtherProgram.run(dir, secrets, command(binary, "-init", files));
    OtherProgram program =
        OtherProgram.start(dir, port, TOKEN_HEADER, secrets, command(binary, "-start", files));
    try {
      hold(program, root, dir.resolve("requests"), records);
    } catch (IOException | InterruptedException | RuntimeException e) {
      program.close();
      throw e;
    }
    return new Databunker(program, dir);
  }

  private static String settings(int port) {
    return """
    generic:
      disable_audit: false
    policy:
      max_user_retention_period: "1m"
      max_audit_retention_period: "12m"
    server:
      host: "127.0.0.1"
      port: %d
    """
        .formatted(port);
  }

  private static Path database(Path dir) {
    return dir.resolve("databunker.db");
  }

  private static List<String> command(Path binary, String what, List<String> files) {
    return Stream.concat(Stream.of(binary.toString(), what), files.stream()).toList();
  }

  private static void hold(
      OtherProgram program, String root, Path requests, Map<String, JsonNode> records)
      throws IOException, InterruptedException {
    StringBuilder all = new StringBuilder();
    for (Map.Entry<String, JsonNode> record : records.entrySet()) {
      program.send(
          "POST", "/v1/user", root, Map.of("login", record.getKey(), "record", record.getValue()));
      all.append("GET /v1/user/login/")
          .append(record.getKey())
          .append(" HTTP/1.1\r\nHost: 127.0.0.1\r\n")
          .append(TOKEN_HEADER)
          .append(": ")
          .append(root)
          .append("\r\n\r\n");
    }
    Files.writeString(requests, all);
  }

  @Override
  public String name() {
    return "databunker";
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
  public long audited() throws SQLException {
    try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + database(dir));
        Statement statement = c.createStatement()) {
      statement.execute("PRAGMA busy_timeout = 10000");
      try (ResultSet row = statement.executeQuery("SELECT count(*) FROM audit")) {
        return row.getLong(1);
      }
    }
  }

  @Override
  public void close() throws InterruptedException {
    program.close();
  }
}
