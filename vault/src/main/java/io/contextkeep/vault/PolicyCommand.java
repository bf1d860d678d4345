package io.contextkeep.vault;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.vault.outgoing.Clients;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * The commands by which an operator looks before changing a policy. They ask the running vault, so
 * what they do is in its log like any other use.
 */
final class PolicyCommand {
  static final int DONE = 0;
  static final int REFUSED = 1;
  static final int USAGE = 2;

  /** Of a replay under which something would leave that does not now: for scripts to stop at. */
  static final int NEWLY_ALLOWS = 3;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final String token;
  private final PrintStream out;

  /**
   * @param token an operator's
   */
  PolicyCommand(String token, PrintStream out) {
    this.token = token;
    this.out = out;
  }

  /** Does it and gives the program's exit status. */
  int run(List<String> args) throws IOException, InterruptedException {
    return switch (args.isEmpty() ? "" : args.getFirst() + " " + args.size()) {
      case "replay 4", "replay 5" -> replay(args);
      case "explain 3" -> explain(args.get(1), args.get(2));
      case "what-if 6" -> whatIf(args);
      default -> USAGE;
    };
  }

  private int replay(List<String> args) throws IOException, InterruptedException {
    ObjectNode body = JSON.createObjectNode().put("from", args.get(2)).put("until", args.get(3));
    if (args.size() == 5) {
      candidate(body, Path.of(args.get(4)));
    }
    return watched(args.get(1), "/v1/policy/replay", body);
  }

  private static void candidate(ObjectNode body, Path file) throws IOException {
    if (file.toString().endsWith(".json")) {
      body.set("data", JSON.readTree(file.toFile()));
    } else {
      body.put("bundle", Base64.getEncoder().encodeToString(Files.readAllBytes(file)));
    }
  }

  private int whatIf(List<String> args) throws IOException, InterruptedException {
    ObjectNode body = JSON.createObjectNode().put("app", args.get(2));
    Stream.of(args.get(3).split(",")).forEach(body.putArray("purposes")::add);
    body.put("from", args.get(4)).put("until", args.get(5));
    return watched(args.get(1), "/v1/policy/what-if", body);
  }

  private int explain(String vault, String named) throws IOException, InterruptedException {
    String parameter = named.matches("[0-9]{1,18}") ? "entry=" : "request=";
    String query = parameter + URLEncoder.encode(named, StandardCharsets.UTF_8);
    HttpRequest request = request(vault, "/v1/policy/explain?" + query).build();
    try (HttpClient http = Clients.client()) {
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      return answer.statusCode() == 200
          ? shown(JSON.readTree(answer.body()))
          : refused(answer.body());
    }
  }

  /** Sends a request that takes long and shows how far it is. */
  private int watched(String vault, String path, ObjectNode body)
      throws IOException, InterruptedException {
    HttpRequest request =
        request(vault, path)
            .header("Content-Type", "application/json")
            .header("Accept", "application/x-ndjson")
            .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
            .build();
    try (HttpClient http = Clients.client()) {
      HttpResponse<Stream<String>> answer = http.send(request, HttpResponse.BodyHandlers.ofLines());
      try (Stream<String> lines = answer.body()) {
        return answer.statusCode() == 200
            ? shown(last(lines.iterator()))
            : refused(String.join("\n", lines.toList()));
      }
    }
  }

  /** The answer, which comes after the lines that say how far it is. */
  private static JsonNode last(Iterator<String> lines) throws IOException {
    JsonNode line = JSON.createObjectNode();
    try (ProgressBar bar = bar()) {
      while (lines.hasNext()) {
        line = JSON.readTree(lines.next());
        if (line.has("done")) {
          bar.maxHint(line.get("entries").longValue());
          bar.stepTo(line.get("done").longValue());
        }
      }
    }
    return line;
  }

  private static ProgressBar bar() {
    return new ProgressBarBuilder()
        .setTaskName("Asking again")
        .setStyle(ProgressBarStyle.ASCII)
        .setUpdateIntervalMillis(500)
        .build();
  }

  private HttpRequest.Builder request(String vault, String target) {
    return HttpRequest.newBuilder(URI.create(vault).resolve(target))
        .header("Authorization", "Bearer " + token);
  }

  private int shown(JsonNode answer) {
    out.println(answer.toPrettyString());
    return answer.path("newlyAllows").asBoolean() ? NEWLY_ALLOWS : DONE;
  }

  private static int refused(String problem) throws IOException {
    JsonNode json = JSON.readTree(problem);
    System.err.println(json.path("code").asText() + ": " + json.path("detail").asText());
    return REFUSED;
  }
}
