package io.contextkeep.vault.analytics;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.SecretKey;

/**
 * The selection of a customer's events if there are too many: those with the least keyed hashes. It
 * is the same every time, so that repeated questions reveal no other events, and sources cannot
 * influence it. For one thread.
 */
final class Choice {
  private final Mac mac;

  Choice(SecretKey key) {
    try {
      mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** An event with its time in milliseconds. */
  record Event(long at, JsonNode value) {
    @Override
    public String toString() {
      return "Event[redacted]";
    }
  }

  private record Ranked(byte[] rank, Event event) {}

  List<Event> among(long subject, List<Event> events, int most) {
    if (events.size() <= most) {
      return events;
    }
    return events.stream()
        .map(event -> new Ranked(rank(subject, event), event))
        .sorted(Comparator.comparing(Ranked::rank, Arrays::compareUnsigned))
        .limit(most)
        .map(Ranked::event)
        .toList();
  }

  private byte[] rank(long subject, Event event) {
    mac.update(ByteBuffer.allocate(16).putLong(subject).putLong(event.at()).array());
    return mac.doFinal(event.value().toString().getBytes(StandardCharsets.UTF_8));
  }
}
