package io.contextkeep.audit;

import io.contextkeep.audit.tree.Hashes;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * An entry of the log: its public facts, without its customer.
 *
 * @param time milliseconds since 1970
 * @param json the leaf's canonical bytes as text, from which the leaf hash can be made again
 */
public record AuditRow(long index, long time, String type, String json) {

  /** The facts of one word each: the type, and those by which entries are searched. */
  public static final List<String> WORDS =
      Stream.concat(Stream.of("type"), AuditEntry.SEARCHED.stream()).toList();

  static AuditRow of(long index, byte[] leaf) {
    String json = Leaf.text(leaf);
    return new AuditRow(index, Leaf.time(json), Leaf.word(json, "type"), json);
  }

  /** Returns a fact of one word; "" if the entry has none of that name. */
  public String word(String name) {
    return Leaf.word(json, name);
  }

  /** Returns the words of a fact that is a list; empty if there is none of that name. */
  public List<String> words(String name) {
    return Leaf.words(json, name);
  }

  /** Returns a fact that is a whole number; 0 if the entry has none of that name. */
  public long number(String name) {
    return Leaf.number(json, name);
  }

  /** Returns the leaf hash (RFC 6962) in hexadecimal. */
  public String leafHash() {
    return HexFormat.of().formatHex(Hashes.leaf(json.getBytes(StandardCharsets.UTF_8)));
  }
}
