package io.contextkeep.vault.ingest;

import com.fasterxml.jackson.core.io.CharTypes;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;

/** JSON values as texts without spaces, as they are sealed and compared. */
final class JsonText {
  private final StringBuilder text = new StringBuilder(256);
  private final boolean sorting;

  private JsonText(boolean sorting) {
    this.sorting = sorting;
  }

  /** Returns the text with the members of objects in their order. */
  static String of(JsonNode value) {
    return new JsonText(false).append(value).toString();
  }

  /** Returns the text that does not depend on the order of members: they are sorted by name. */
  static String canonical(JsonNode value) {
    return new JsonText(true).append(value).toString();
  }

  private JsonText append(JsonNode value) {
    switch (value.getNodeType()) {
      case OBJECT -> appendObject(value);
      case ARRAY -> appendArray(value);
      case STRING -> appendQuoted(value.textValue());
      default -> text.append(value.asText());
    }
    return this;
  }

  private void appendObject(JsonNode object) {
    char before = '{';
    for (String name : names(object)) {
      text.append(before);
      appendQuoted(name);
      text.append(':');
      append(object.path(name));
      before = ',';
    }
    text.append(object.isEmpty() ? "{}" : "}");
  }

  private List<String> names(JsonNode object) {
    List<String> names = new ArrayList<>(object.size());
    for (Iterator<String> each = object.fieldNames(); each.hasNext(); ) {
      names.add(each.next());
    }
    if (sorting) {
      Collections.sort(names);
    }
    return names;
  }

  private void appendArray(JsonNode array) {
    char before = '[';
    for (JsonNode item : array) {
      text.append(before);
      append(item);
      before = ',';
    }
    text.append(array.isEmpty() ? "[]" : "]");
  }

  private void appendQuoted(String string) {
    text.append('"');
    CharTypes.appendQuoted(text, string);
    text.append('"');
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
