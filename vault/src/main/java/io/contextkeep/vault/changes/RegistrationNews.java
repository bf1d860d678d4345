package io.contextkeep.vault.changes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.audit.Jcs;
import io.contextkeep.vault.crypto.JwsKey;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.jobs.Backoff;
import io.contextkeep.vault.jobs.Job;
import io.contextkeep.vault.net.Outgoing;
import io.contextkeep.vault.outbox.Channel;
import io.contextkeep.vault.outbox.Channel.Letter;
import io.contextkeep.vault.outbox.Channel.Message;
import io.contextkeep.vault.outbox.Channel.RetryPolicy;
import io.contextkeep.vault.outbox.Outbox;
import io.contextkeep.vault.web.Times;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The channel that notifies an app's contact, if that is a URL, of each change of its registration:
 * its proposal and its outcome. A message is a Security Event Token (RFC 8417). It names fields
 * without their values, and no operator.
 */
public final class RegistrationNews implements Channel {
  private static final String EVENT = "urn:contextkeep:event:registration-change";
  private static final String TYPE = "secevent+jwt";
  private static final RetryPolicy RETRIES =
      new RetryPolicy(
          Backoff.of(Duration.ofSeconds(10), Duration.ofHours(6)), 40, Duration.ofDays(7));
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final Duration EXPIRY_CHECK_INTERVAL = Duration.ofSeconds(5);
  private static final int CHUNK_SIZE = 100;

  private final Db db;
  private final Outgoing outgoing;
  private final ObjectMapper json;
  private final JwsKey signer;
  private final String issuer;
  private final InstantSource clock;
  private final InstantSource settled;

  /**
   * @param settled the clock that decides whether a proposal has expired, because a notice of that
   *     cannot be taken back
   */
  public RegistrationNews(
      Db db,
      Outgoing outgoing,
      ObjectMapper json,
      JwsKey signer,
      String issuer,
      InstantSource clock,
      InstantSource settled) {
    this.db = db;
    this.outgoing = outgoing;
    this.json = json;
    this.signer = signer;
    this.issuer = issuer;
    this.clock = clock;
    this.settled = settled;
  }

  /**
   * Returns the addresses that are notified of a change: the contact in force, and once the change
   * is in force the new one too. A contact that is only proposed gets no message.
   */
  public Set<String> told(Change change, Change.State state) {
    Optional<String> after =
        state == Change.State.APPLIED ? contact(change.after()) : Optional.empty();
    Set<String> addresses = new LinkedHashSet<>();
    Stream.of(change.before().flatMap(this::contact), after)
        .flatMap(Optional::stream)
        .filter(outgoing::accepts)
        .forEach(addresses::add);
    return change.kind() == Change.Kind.APP ? addresses : Set.of();
  }

  /** Returns the contact that should learn of a change, by the vault or by an operator. */
  public Optional<String> contact(Change change) {
    return change.before().flatMap(this::contact).or(() -> contact(change.after()));
  }

  private Optional<String> contact(String document) {
    return Optional.of(document(document).path("contact").asText()).filter(text -> !text.isEmpty());
  }

  private ObjectNode document(String text) {
    try {
      return (ObjectNode) json.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A stored change is not JSON", e);
    }
  }

  /** Puts the notice of a change into the outbox, in the transaction of the change. */
  void put(Connection c, Change change, Change.State state, Instant at) throws SQLException {
    for (String address : told(change, state)) {
      Outbox.put(
          c, kind(), address, change.id() + "-" + state.code(), payload(change, state, at), at);
    }
  }

  private String payload(Change change, Change.State state, Instant at) {
    TreeMap<String, Object> event = new TreeMap<>();
    event.put("app", change.target());
    event.put("change", change.id());
    event.put("state", state.code());
    event.put("fields", List.copyOf(fields(change)));
    event.put("proposed", Times.write(change.proposed()));
    if (state != Change.State.PROPOSED) {
      event.put("ended", Times.write(at));
    }
    return new String(Jcs.bytes(event), StandardCharsets.UTF_8);
  }

  private TreeSet<String> fields(Change change) {
    TreeSet<String> fields = new TreeSet<>();
    Difference.between(change.before().map(this::document), document(change.after()))
        .forEach(difference -> fields.add(difference.path().split("/", -1)[1]));
    return fields;
  }

  /** Returns the job that notifies of expired proposals. */
  public Job job() {
    return Job.every("expired-changes", EXPIRY_CHECK_INTERVAL, this::tellExpired);
  }

  private void tellExpired() {
    Instant now = settled.instant();
    db.inWrite(
        c -> {
          for (Change change : ChangeStore.expiredUntold(c, now, CHUNK_SIZE)) {
            put(c, change, Change.State.EXPIRED, clock.instant());
            ChangeStore.expiryTold(c, change.id(), now);
          }
          return 0;
        });
  }

  @Override
  public String kind() {
    return "registration-news";
  }

  @Override
  public RetryPolicy retries() {
    return RETRIES;
  }

  /** Returns true: the notice of an approval makes no sense before that of the proposal. */
  @Override
  public boolean isOrdered() {
    return true;
  }

  @Override
  public Optional<Letter> letter(Message message) {
    Map<String, Object> event = event(message);
    TreeMap<String, Object> claims = new TreeMap<>();
    claims.put("iss", issuer);
    claims.put("aud", String.valueOf(event.get("app")));
    claims.put("jti", "registration-change-" + message.id());
    claims.put("iat", message.created().getEpochSecond());
    claims.put("events", Map.of(EVENT, event));
    String token = signer.sign(TYPE, Jcs.bytes(claims));
    return Optional.of(
        new Letter(
            URI.create(message.target()),
            "application/" + TYPE,
            token.getBytes(StandardCharsets.US_ASCII),
            TIMEOUT,
            status -> status / 100 == 2,
            _ -> {}));
  }

  private Map<String, Object> event(Message message) {
    try {
      return json.readValue(message.payload(), new TypeReference<TreeMap<String, Object>>() {});
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A stored message is not JSON", e);
    }
  }
}
