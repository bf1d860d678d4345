package io.contextkeep.audit;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A leaf's canonical bytes, except for the members that only the log's writer knows: the time and,
 * where a customer is concerned, the commitment and the label. The rest is encoded before the
 * writer's turn, so that the writer only fills the gaps. The ids of the decision and the request
 * have gaps too, so that the form of one entry serves others that differ in these alone.
 */
final class LeafForm {
  private static final String DECISION_ID = "decisionId";
  private static final String REQUEST = "request";

  /** The members with a gap, in canonical order. */
  private static final String[] GAPS = {"commit", DECISION_ID, "labels", REQUEST, "time"};

  /** The most bytes that the writer sets: two hashes and a time, with their names. */
  private static final int WRITTEN = 192;

  private static final HexFormat HEX = HexFormat.of();
  private static final byte[] NONE = {};

  private final byte[][] segments;
  private final byte[] decisionId;
  private final byte[] request;

  LeafForm(EntryType type, SortedMap<String, Object> facts) {
    SortedMap<String, Object> members = new TreeMap<>(facts);
    this.decisionId = id(DECISION_ID, members.remove(DECISION_ID));
    this.request = id(REQUEST, members.remove(REQUEST));
    members.put("type", type.code());
    members.put("v", 1);
    this.segments = new byte[GAPS.length + 1][];
    for (int i = 0; i < segments.length; i++) {
      SortedMap<String, Object> from = i == 0 ? members : members.tailMap(GAPS[i - 1]);
      segments[i] = encoded(i == GAPS.length ? from : from.headMap(GAPS[i]));
    }
  }

  private LeafForm(LeafForm other, String decisionId, String request) {
    this.segments = other.segments;
    this.decisionId = word(DECISION_ID, decisionId);
    this.request = word(REQUEST, request);
  }

  /** Returns the form with the ids, coded words, of another decision and request. */
  LeafForm again(String decisionId, String request) {
    return new LeafForm(this, decisionId, request);
  }

  int maxLength() {
    int length = WRITTEN + decisionId.length + request.length;
    for (byte[] segment : segments) {
      length += segment.length;
    }
    return length;
  }

  /** Returns the canonical bytes of an entry about no customer. */
  byte[] bytes(long time) {
    return filled(time, NONE, NONE);
  }

  /** Returns the canonical bytes of an entry about a customer. */
  byte[] bytes(long time, byte[] commitment, byte[] label) {
    return filled(
        time,
        word("commit", HEX.formatHex(commitment)),
        ascii("\"labels\":[\"" + HEX.formatHex(label) + "\"],"));
  }

  /** Fills the gaps in order; the comma after the last member gives way to the end. */
  private byte[] filled(long time, byte[] commit, byte[] labels) {
    ByteBuffer out = ByteBuffer.allocate(maxLength());
    byte[][] gaps = {commit, decisionId, labels, request, ascii("\"time\":" + time + ",")};
    out.put((byte) '{').put(segments[0]);
    for (int i = 0; i < gaps.length; i++) {
      out.put(gaps[i]).put(segments[i + 1]);
    }
    out.put(out.position() - 1, (byte) '}');
    return Arrays.copyOf(out.array(), out.position());
  }

  /** Returns the members, each followed by a comma. */
  private static byte[] encoded(SortedMap<String, Object> members) {
    StringBuilder out = new StringBuilder();
    members.forEach((name, value) -> out.append(member(name, value)));
    return ascii(out.toString());
  }

  /** Encodes a member with a coded word, which needs no escapes. */
  private static byte[] word(String name, String word) {
    return ascii("\"" + name + "\":\"" + word + "\",");
  }

  private static byte[] id(String name, @Nullable Object value) {
    return value == null ? NONE : ascii(member(name, value));
  }

  private static String member(String name, Object value) {
    return Jcs.text(name) + ":" + Jcs.text(value) + ",";
  }

  /** Encodes coded words, which are one byte for each character. */
  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
