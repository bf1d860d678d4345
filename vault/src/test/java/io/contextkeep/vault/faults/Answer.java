package io.contextkeep.vault.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/** An answer. */
record Answer(int status, String type, String body) {
  private static final ObjectMapper JSON = new ObjectMapper();

  JsonNode json() {
    try {
      return JSON.readTree(body);
    } catch (JsonProcessingException e) {
      throw new AssertionError("Not JSON: " + this, e);
    }
  }

  Answer ok() {
    assertThat(status).as("%s", this).isEqualTo(200);
    return this;
  }

  /** Asserts that it is a refusal by an unavailable store, without any context. */
  Answer unavailable() {
    assertThat(status).as("%s", this).isEqualTo(503);
    assertThat(type).isEqualTo("application/problem+json");
    assertThat(json().path("status").intValue()).isEqualTo(503);
    assertThat(json().has("values")).isFalse();
    return this;
  }

  Acknowledged receipt() {
    return ok().entry();
  }

  /** Returns the entry in the receipt of a permit or refusal. */
  Acknowledged entry() {
    JsonNode receipt = json().path("receipt");
    return new Acknowledged(
        receipt.path("index").longValue(), receipt.path("leafHash").textValue());
  }
}
