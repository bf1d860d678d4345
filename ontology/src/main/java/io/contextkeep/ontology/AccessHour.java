package io.contextkeep.ontology;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;

/**
 * The counts of apps' reads and refusals in one hour, with the state of the audit log before and
 * after it, so that a verifier can request the entries and prove that they are complete. It names
 * no customer.
 *
 * @param start the beginning of the hour
 * @param sizeBefore the size of the log at the beginning, which is the index of the first entry
 * @param size the size of the log at the end
 * @param root the root of the log's tree of that size (RFC 6962), in Base64
 */
public record AccessHour(
    Instant start, Instant end, long sizeBefore, long size, String root, List<Access> accesses) {
  private static final DateTimeFormatter NAME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH").withZone(ZoneOffset.UTC);

  /**
   * The accesses of one app for one purpose under one policy.
   *
   * @param purpose the purpose; empty if the stated one is unknown
   * @param basis the legal basis; empty if there was none
   * @param policy the revision of the policy; "" if none decided
   * @param permitted whether the accesses were permitted
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

  /** Returns the hour as in the name of its graph, such as {@code 2026-11-24T12}. */
  String name() {
    return NAME.format(start);
  }
}
