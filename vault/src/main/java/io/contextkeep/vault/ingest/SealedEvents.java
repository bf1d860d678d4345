package io.contextkeep.vault.ingest;

import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.context.Sealed;
import io.contextkeep.vault.context.SourceLine;
import io.contextkeep.vault.context.StoredEvents;
import io.contextkeep.vault.crypto.BlindIndex;
import io.contextkeep.vault.crypto.SubjectKey;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/** The sealing of events and their storage. Each source has its own ids; none learns another's. */
final class SealedEvents {
  private final BlindIndex blindIndex;
  private final SecureRandom random;

  /**
   * An event as it is stored.
   *
   * @param id the event's id, blinded or random
   * @param body a MAC of the value, by which a repeated line is told from a changed one
   */
  record SealedEvent(SubjectId subject, byte[] id, byte[] body, byte[] sealed) {}

  SealedEvents(BlindIndex blindIndex, SecureRandom random) {
    this.blindIndex = blindIndex;
    this.random = random;
  }

  SealedEvent seal(String source, SourceLine line, SubjectId subject, SubjectKey.Sealer key) {
    String name = line.attribute().name();
    byte[] id = line.id().map(text -> id(source, name, text)).orElseGet(this::randomId);
    return new SealedEvent(
        subject,
        id,
        key.mac("event/" + name, utf8(JsonText.canonical(line.value()))),
        key.seal(Sealed.eventRecord(name, id), line.observed(), utf8(line.json())));
  }

  private byte[] id(String source, String name, String text) {
    return blindIndex.of("event/" + name + "/" + source, text);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private byte[] randomId() {
    byte[] id = new byte[16];
    random.nextBytes(id);
    return id;
  }

  /** Adds the event; returns false if the source's event of that id and time is there. */
  static boolean add(Connection c, SourceLine line, String source, String batch, SealedEvent event)
      throws SQLException {
    return StoredEvents.add(
        c, event.subject(), line, event.id(), source, batch, event.sealed(), event.body());
  }

  /**
   * Returns whether the source's event of that id and time has the same value; empty if there is
   * none, and of a line without an id.
   */
  Optional<Boolean> isRepeated(Connection c, SourceLine line, String source, SealedEvent event)
      throws SQLException {
    return line.id().isEmpty()
        ? Optional.empty()
        : StoredEvents.isRepeated(
            c, event.subject(), line, event.id(), formerId(line), source, event.body());
  }

  /** Returns whether the event is held under an id that sources shared in older vaults. */
  boolean isHeldFromFormer(Connection c, SourceLine line, SubjectId subject) throws SQLException {
    return line.id().isPresent() && StoredEvents.isThere(c, subject, line, formerId(line));
  }

  private byte[] formerId(SourceLine line) {
    return blindIndex.of("event/" + line.attribute().name(), line.id().orElseThrow());
  }
}
