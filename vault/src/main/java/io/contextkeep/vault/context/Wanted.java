package io.contextkeep.vault.context;

import io.contextkeep.vault.registry.Attribute;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The attributes that a read asks for, by name and kind, and how much of each. */
record Wanted(Map<String, Attribute> values, Map<String, Attribute> events, Extent extent) {
  static Wanted of(Collection<Attribute> attributes, Extent extent) {
    Map<String, Attribute> values = new HashMap<>();
    Map<String, Attribute> events = new LinkedHashMap<>();
    for (Attribute attribute : attributes) {
      switch (attribute.kind()) {
        case VALUE -> values.put(attribute.name(), attribute);
        case EVENT -> events.put(attribute.name(), attribute);
      }
    }
    return new Wanted(values, events, extent);
  }

  /** Returns the attributes of which the newest events are read. */
  Set<String> newest() {
    return extent instanceof Extent.Newest ? events.keySet() : Set.of();
  }

  int maxEvents() {
    return extent instanceof Extent.Newest(int many) ? many : 0;
  }

  List<Sealed> valuesOf(Capsule capsule) {
    List<Sealed> sealed = new ArrayList<>();
    for (StoredValue value : capsule.values()) {
      Attribute attribute = values.get(value.name());
      if (attribute != null) {
        sealed.add(value.of(attribute));
      }
    }
    return sealed;
  }
}
