package io.contextkeep.audit;

import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Canonical JSON (RFC 8785) for the closed set of values that the log holds: strings, whole numbers
 * within 2^53, booleans, lists and maps with text keys. Anything else, floating point above all, is
 * an {@link IllegalArgumentException}: what is hashed for ever must have one spelling.
 */
public final class Jcs {
  private static final long MAX_SAFE = (1L << 53) - 1;

  private Jcs() {}

  public static byte[] bytes(Object value) {
    return text(value).getBytes(StandardCharsets.UTF_8);
  }

  public static String text(Object value) {
    StringBuilder out = new StringBuilder(256);
    write(out, value);
    return out.toString();
  }

  private static void write(StringBuilder out, Object value) {
    switch (value) {
      case String text -> string(out, text);
      case Boolean flag -> out.append(flag);
      case Integer number -> out.append(number);
      case Long number when Math.abs(number) <= MAX_SAFE -> out.append(number);
      case List<?> list -> list(out, list);
      case Map<?, ?> map -> map(out, map);
      default -> throw new IllegalArgumentException("Not a canonical value: " + value.getClass());
    }
  }

  private static void list(StringBuilder out, List<?> list) {
    out.append('[');
    Iterator<?> values = list.iterator();
    while (values.hasNext()) {
      write(out, values.next());
      out.append(values.hasNext() ? "," : "");
    }
    out.append(']');
  }

  /** Sorts keys by their UTF-16 code units (section 3.2.3), which is the order of strings. */
  private static void map(StringBuilder out, Map<?, ?> map) {
    SortedMap<String, Object> sorted = new TreeMap<>();
    map.forEach((key, value) -> sorted.put((String) key, value));
    out.append('{');
    String separator = "";
    for (Map.Entry<String, Object> member : sorted.entrySet()) {
      out.append(separator);
      string(out, member.getKey());
      out.append(':');
      write(out, member.getValue());
      separator = ",";
    }
    out.append('}');
  }

  private static void string(StringBuilder out, String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\b' -> out.append("\\b");
        case '\t' -> out.append("\\t");
        case '\n' -> out.append("\\n");
        case '\f' -> out.append("\\f");
        case '\r' -> out.append("\\r");
        default -> {
          boolean paired =
              Character.isHighSurrogate(c)
                  && i + 1 < text.length()
                  && Character.isLowSurrogate(text.charAt(i + 1));
          if (paired) {
            out.append(c).append(text.charAt(++i));
          } else if (Character.isSurrogate(c)) {
            throw new IllegalArgumentException("A lone surrogate has no canonical form");
          } else if (c < 0x20) {
            out.append(String.format("\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
