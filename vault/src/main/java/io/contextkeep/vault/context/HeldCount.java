package io.contextkeep.vault.context;

import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.registry.Attribute;
import io.contextkeep.vault.registry.Facet;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The number of values and events of one facet that are held about a customer. */
public record HeldCount(Facet facet, long values, long events) {

  /** Counts what a read at an instant could show, in every facet. No value is opened. */
  public static List<HeldCount> of(
      Connection c, SubjectId subject, Collection<Attribute> attributes, Instant now)
      throws SQLException {
    Map<String, Long> observed = new HashMap<>();
    ValidValues.of(c, subject, now.toEpochMilli())
        .forEach(value -> observed.put(value.name(), value.observed()));
    List<HeldCount> counts = new ArrayList<>();
    for (Facet facet : Facet.values()) {
      long values = 0;
      long events = 0;
      for (Attribute attribute : attributes) {
        long oldest = now.minus(attribute.retention()).toEpochMilli();
        if (attribute.facet() == facet) {
          switch (attribute.kind()) {
            case VALUE -> {
              Long at = observed.get(attribute.name());
              values += at != null && at >= oldest ? 1 : 0;
            }
            case EVENT -> events += StoredEvents.count(c, subject, attribute, oldest);
          }
        }
      }
      counts.add(new HeldCount(facet, values, events));
    }
    return counts;
  }
}
