package io.contextkeep.vault.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.contextkeep.vault.net.Clients;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** A client of the vault's public API with the token of one caller. */
public final class Api {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = Clients.client();
  private final URI base;
  private final Supplier<String> token;

  public Api(URI base, Supplier<String> token) {
    this.base = base;
    this.token = token;
  }

  /** Sends a batch without waiting for its report. */
  CompletableFuture<JsonNode> ingest(byte[] lines, String key) {
    HttpRequest.Builder request =
        request("/v1/ingest")
            .header("Content-Type", "application/x-ndjson")
            .header("Idempotency-Key", key);
    return http.sendAsync(
            request.method("POST", HttpRequest.BodyPublishers.ofByteArray(lines)).build(),
            HttpResponse.BodyHandlers.ofString())
        .thenApply(Api::json);
  }

  public JsonNode put(String path, String json) {
    return send(request(path).header("Content-Type", "application/json"), "PUT", json);
  }

  /** Registers a new document: this operator proposes it and another approves it. */
  public void register(Api another, String path, String json) {
    JsonNode change = put(path, json);
    another.send(
        another.request("/v1/changes/" + change.path("id").asLong() + "/approve"), "POST", "");
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(base.resolve(path))
        .timeout(Duration.ofMinutes(2))
        .header("Authorization", "Bearer " + token.get());
  }

  private JsonNode send(HttpRequest.Builder request, String method, String body) {
    try {
      HttpResponse<String> response =
          http.send(
              request.method(method, HttpRequest.BodyPublishers.ofString(body)).build(),
              HttpResponse.BodyHandlers.ofString());
      return json(response);
    } catch (IOException e) {
      throw new UncheckedIOException("The vault cannot be reached", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted", e);
    }
  }

  private static JsonNode json(HttpResponse<String> response) {
    try {
      JsonNode json = JSON.readTree(response.body());
      if (response.statusCode() / 100 != 2) {
        throw new IllegalStateException(
            "The vault answered " + response.statusCode() + " " + json.path("code").asText());
      }
      return json;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("The vault's answer is not JSON", e);
    }
  }
}
