package io.contextkeep.ontology;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;

/**
 * What apps read or were refused in one hour, counted, and how the audit log stood before and after
 * it: its entries can be demanded, and proven to be all there were. It says nothing of whom they
 * were about.
 *
 * @param start the hour, of which an hour's name tells no more
 * @param sizeBefore of the log when it began: the index of the hour's first entry
 * @param size of the log when it ended
 * @param root of the log's tree of that size (RFC 6962), in Base64
 */
public record AccessHour(
    Instant start, Instant end, long sizeBefore, long size, String root, List<Access> accesses) {
  private static final DateTimeFormatter NAME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH").withZone(ZoneOffset.UTC);

  /**
   * What one app was answered for one purpose under one policy.
   *
   * @param purpose empty where what was stated is no purpose
   * @param basis empty where there was none
   * @param policy its revision; "" where none had a say
   * @param permitted whether it was, or was refused
   */
  public record Access(
      String app,
      Optional<Purpose> purpose,
      Optional<LegalBasis> basis,
      String policy,
      boolean permitted,
      long count) {}

  public AccessHour {
    accesses = List.copyOf(accesses);
  }

  /** The hour as its graph is named, such as {@code 2026-11-24T12}. */
  String name() {
    return NAME.format(start);
  }
}
