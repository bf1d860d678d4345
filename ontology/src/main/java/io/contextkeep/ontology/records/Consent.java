package io.contextkeep.ontology.records;

import io.contextkeep.ontology.ConsentEvent;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * One customer's consent to one recipient for one purpose, with its events and the notice that it
 * refers to. A refusal needs no notice, as it must always be possible.
 *
 * @param events the events in the order of receipt; at least one
 */
public record Consent(Optional<Notice> notice, List<ConsentEvent> events) {

  public Consent {
    if (events.isEmpty()) {
      throw new IllegalArgumentException("A consent needs at least one event");
    }
    events = events.stream().sorted(Comparator.comparing(ConsentEvent::id)).toList();
  }

  ConsentEvent first() {
    return events.getFirst();
  }

  ConsentEvent last() {
    return events.getLast();
  }
}
