package io.contextkeep.audit;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A leaf's canonical bytes, except for the members that only the log's writer knows: the time and,
 * where a customer is concerned, the commitment and the label. The rest is encoded before the
 * writer's turn, so that the writer only fills the gaps.
 */
final class LeafForm {
  private static final HexFormat HEX = HexFormat.of();

  /** The members that the writer sets, in canonical order. */
  private static final String[] GAPS = {"commit", "labels", "time"};

  /** The most bytes of these members: two hashes and a time, with their names. */
  private static final int GAPS_LENGTH = 192;

  private final String[] segments = new String[GAPS.length + 1];

  LeafForm(EntryType type, SortedMap<String, Object> facts) {
    SortedMap<String, Object> members = new TreeMap<>(facts);
    members.put("type", type.code());
    members.put("v", 1);
    for (int i = 0; i < segments.length; i++) {
      SortedMap<String, Object> from = i == 0 ? members : members.tailMap(GAPS[i - 1]);
      segments[i] = encoded(i == GAPS.length ? from : from.headMap(GAPS[i]));
    }
  }

  int maxLength() {
    int length = GAPS_LENGTH;
    for (String segment : segments) {
      length += segment.length();
    }
    return length;
  }

  /** Returns the canonical bytes of an entry about no customer. */
  byte[] bytes(long time) {
    return filled(time, "", "");
  }

  /** Returns the canonical bytes of an entry about a customer. */
  byte[] bytes(long time, byte[] commitment, byte[] label) {
    return filled(
        time,
        "\"commit\":\"" + HEX.formatHex(commitment) + "\",",
        "\"labels\":[\"" + HEX.formatHex(label) + "\"],");
  }

  /** Returns the length in bytes, one per character since facts are coded words. */
  private byte[] filled(long time, String commit, String labels) {
    StringBuilder out = new StringBuilder(maxLength());
    out.append('{').append(segments[0]).append(commit).append(segments[1]).append(labels);
    out.append(segments[2]).append("\"time\":").append(time).append(',').append(segments[3]);
    out.setCharAt(out.length() - 1, '}');
    return out.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Returns the members, each followed by a comma. */
  private static String encoded(SortedMap<String, Object> members) {
    StringBuilder out = new StringBuilder();
    members.forEach(
        (name, value) ->
            out.append(Jcs.text(name)).append(':').append(Jcs.text(value)).append(','));
    return out.toString();
  }
}
