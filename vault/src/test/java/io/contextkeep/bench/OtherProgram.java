package io.contextkeep.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A program of another project in a process of its own, with nothing of this one's environment, and
 * its JSON API on a port of the loopback interface.
 */
final class OtherProgram implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENT = Duration.ofMinutes(1);

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Process process;
  private final int port;
  private final String tokenHeader;

  private OtherProgram(Process process, int port, String tokenHeader) {
    this.process = process;
    this.port = port;
    this.tokenHeader = tokenHeader;
  }

  /**
   * Starts it.
   *
   * @param dir its home and working directory, which gets its log
   * @param tokenHeader the header that its API takes tokens in
   */
  static OtherProgram start(
      Path dir, int port, String tokenHeader, Map<String, String> environment, List<String> command)
      throws IOException {
    return new OtherProgram(process(dir, environment, command), port, tokenHeader);
  }

  /** Runs a command to its end. */
  static void run(Path dir, Map<String, String> environment, List<String> command)
      throws IOException, InterruptedException {
    Process process = process(dir, environment, command);
    PromiseBroken.unless(
        process.waitFor(PATIENT.toSeconds(), TimeUnit.SECONDS) && process.exitValue() == 0,
        command.getFirst() + " did not do its work; see its log in " + dir);
  }

  private static Process process(Path dir, Map<String, String> environment, List<String> command)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(dir.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(dir.resolve("program.log").toFile()));
    builder.environment().clear();
    builder.environment().put("HOME", dir.toString());
    builder.environment().putAll(environment);
    return builder.start();
  }

  int port() {
    return port;
  }

  long pid() {
    return process.pid();
  }

  /**
   * Sends a JSON body until the answer's status is 200 or 204, as a server may still be starting.
   */
  JsonNode send(String method, String path, String token, Object body)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .header(tokenHeader, token)
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)))
            .timeout(PATIENT)
            .build();
    long latest = System.nanoTime() + PATIENT.toNanos();
    String last = "none";
    while (System.nanoTime() < latest && process.isAlive()) {
      try {
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() == 200 || answer.statusCode() == 204) {
          return JSON.readTree(answer.body());
        }
        last = answer.statusCode() + " " + answer.body();
      } catch (ConnectException notYet) {
        last = "no connection";
      }
      Thread.sleep(20);
    }
    throw new IllegalStateException("The last answer to " + method + " " + path + ": " + last);
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(20, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
    http.close();
  }
}
