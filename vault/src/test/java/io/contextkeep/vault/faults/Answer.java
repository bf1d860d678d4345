package io.contextkeep.vault.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/** A reply as it came over the wire. */
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

  /** A refusal for want of the store: nothing of the customer, not even half an answer. */
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

  /** The entry that a yes or a no says it has. */
  Acknowledged entry() {
    JsonNode receipt = json().path("receipt");
    return new Acknowledged(
        receipt.path("index").longValue(), receipt.path("leafHash").textValue());
  }
}
