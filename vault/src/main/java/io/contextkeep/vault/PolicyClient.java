package io.contextkeep.vault;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.contextkeep.vault.net.Clients;
import io.contextkeep.vault.web.Json;
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
import java.util.Optional;
import java.util.stream.Stream;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** The client of the policy commands. They call a running vault, so that its log records them. */
final class PolicyClient {
  static final int DONE = 0;
  static final int REFUSED = 1;

  /** The exit code of a replay that would disclose more than now, for scripts. */
  static final int NEWLY_ALLOWS = 3;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final URI vault;
  private final String token;
  private final PrintStream out;
  private final PrintStream err;

  /**
   * @param token the token of an operator
   */
  PolicyClient(URI vault, String token, PrintStream out, PrintStream err) {
    this.vault = vault;
    this.token = token;
    this.out = out;
    this.err = err;
  }

  /** Replays the decisions of a period and returns the exit code. */
  int replay(String from, String until, Optional<Path> candidate)
      throws IOException, InterruptedException {
    Optional<JsonNode> data = Optional.empty();
    Optional<String> bundle = Optional.empty();
    if (candidate.isPresent()) {
      Path file = candidate.get();
      InputFiles.check(file, "a policy bundle (.tar.gz) or of its data (.json)");
      if (file.toString().endsWith(".json")) {
        data = Optional.of(json(file));
      } else {
        bundle = Optional.of(Base64.getEncoder().encodeToString(Files.readAllBytes(file)));
      }
    }
    return watched("/v1/policy/replay", new ReplayRequest(from, until, data, bundle));
  }

  private record ReplayRequest(
      String from, String until, Optional<JsonNode> data, Optional<String> bundle) {}

  private record WhatIfRequest(String app, List<String> purposes, String from, String until) {}

  private static JsonNode json(Path file) throws IOException {
    try {
      return JSON.readTree(file.toFile());
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "'" + file + "' is not JSON: " + e.getOriginalMessage() + ".", e);
    }
  }

  /** Asks what would change with these purposes and returns the exit code. */
  int whatIf(String app, List<String> purposes, String from, String until)
      throws IOException, InterruptedException {
    return watched("/v1/policy/what-if", new WhatIfRequest(app, purposes, from, until));
  }

  /** Asks why a decision was made and returns the exit code. */
  int explain(String decision) throws IOException, InterruptedException {
    String parameter = decision.matches("[0-9]{1,18}") ? "entry=" : "request=";
    String query = parameter + URLEncoder.encode(decision, StandardCharsets.UTF_8);
    HttpRequest request = request("/v1/policy/explain?" + query).build();
    try (HttpClient http = Clients.client()) {
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      return answer.statusCode() == 200
          ? shown(JSON.readTree(answer.body()))
          : refused(answer.body());
    }
  }

  /** Sends a long request and shows its progress. */
  private int watched(String path, Object body) throws IOException, InterruptedException {
    HttpRequest request =
        request(path)
            .header("Content-Type", "application/json")
            .header("Accept", "application/x-ndjson")
            .POST(HttpRequest.BodyPublishers.ofString(Json.tree(body).toString()))
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

  /** Returns the answer, which follows the lines of progress. */
  private static JsonNode last(Iterator<String> lines) throws IOException {
    JsonNode line = MissingNode.getInstance();
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

  private HttpRequest.Builder request(String target) {
    return HttpRequest.newBuilder(vault.resolve(target)).header("Authorization", "Bearer " + token);
  }

  private int shown(JsonNode answer) {
    out.println(answer.toPrettyString());
    return answer.path("newlyAllows").asBoolean() ? NEWLY_ALLOWS : DONE;
  }

  private int refused(String answer) {
    try {
      JsonNode problem = JSON.readTree(answer);
      err.println(problem.path("code").asText() + ": " + problem.path("detail").asText());
    } catch (JsonProcessingException notOfAVault) {
      err.println("The server at " + vault + " is not a vault.");
    }
    return REFUSED;
  }
}
