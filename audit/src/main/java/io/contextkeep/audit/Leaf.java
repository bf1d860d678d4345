package io.contextkeep.audit;

import io.contextkeep.audit.tree.Hashes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Reads members out of a leaf's JSON without a parser. That is exact because no value in a leaf can
 * hold a quote and no member is an object: a quoted name with a colon is always a member's.
 */
final class Leaf {
  private Leaf() {}

  static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** Returns the member's text; "" if the leaf has none of that name. */
  static String word(String json, String name) {
    String start = "\"" + name + "\":\"";
    int at = json.indexOf(start);
    int end = at < 0 ? -1 : json.indexOf('"', at + start.length());
    return end < 0 ? "" : json.substring(at + start.length(), end);
  }

  /** Returns the words of a member that is a list; empty if there is none of that name. */
  static List<String> words(String json, String name) {
    String start = "\"" + name + "\":[\"";
    int at = json.indexOf(start);
    int end = at < 0 ? -1 : json.indexOf("\"]", at);
    return end < 0 ? List.of() : List.of(json.substring(at + start.length(), end).split("\",\""));
  }

  /** Returns the member's whole number; 0 if the leaf has none of that name. */
  static long number(String json, String name) {
    String start = "\"" + name + "\":";
    int at = json.indexOf(start);
    if (at < 0) {
      return 0;
    }
    int from = at + start.length();
    int end = from;
    while (end < json.length() && Character.digit(json.charAt(end), 10) >= 0 && end - from < 18) {
      end++;
    }
    return end == from ? 0 : Long.parseLong(json, from, end, 10);
  }

  /** Returns the time in milliseconds since 1970. */
  static long time(String json) {
    return number(json, "time");
  }

  /** Returns the entry's labels, from which anyone can rebuild the verifiable index. */
  static List<byte[]> labels(String json) {
    List<byte[]> labels = new ArrayList<>(1);
    for (String label : words(json, "labels")) {
      if (label.length() == 2 * Hashes.LENGTH && label.chars().allMatch(Leaf::isHex)) {
        labels.add(HexFormat.of().parseHex(label));
      }
    }
    return labels;
  }

  private static boolean isHex(int c) {
    return c >= '0' && c <= '9' || c >= 'a' && c <= 'f';
  }
}
