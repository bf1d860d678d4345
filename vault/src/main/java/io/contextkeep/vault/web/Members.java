package io.contextkeep.vault.web;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The members of a stored document, as part of an answer that has more of its own: a component that
 * is {@code @JsonUnwrapped}.
 *
 * @param omitted the names of members that are not shown
 */
public record Members(@JsonIgnore ObjectNode document, @JsonIgnore Set<String> omitted) {

  public static Members of(ObjectNode document) {
    return new Members(document, Set.of());
  }

  @JsonAnyGetter
  Map<String, JsonNode> shown() {
    Map<String, JsonNode> shown = new LinkedHashMap<>();
    document.properties().forEach(member -> shown.put(member.getKey(), member.getValue()));
    shown.keySet().removeAll(omitted);
    return shown;
  }
}
