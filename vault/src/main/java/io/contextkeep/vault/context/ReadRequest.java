package io.contextkeep.vault.context;

import io.contextkeep.ontology.Purpose;
import io.contextkeep.vault.customers.Identifier;
import io.contextkeep.vault.identity.Caller;
import io.contextkeep.vault.registry.Attribute;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A request for one customer's context: by whom, of whom, what for and which attributes.
 *
 * @param purpose a DPV purpose as stated; one that does not exist is refused like any other no
 * @param reason free text for the customer to read; kept sealed
 * @param extent how much of each attribute; everything only for the customer
 * @param customers how many the same request asks about
 */
public record ReadRequest(
    String requestId,
    Caller caller,
    Identifier customer,
    String purpose,
    List<Attribute> attributes,
    Optional<String> reason,
    Extent extent,
    int customers) {

  /** The newest events of each kind that an app gets. */
  private static final Extent NEWEST = new Extent.Newest(100);

  /**
   * @throws IllegalArgumentException if everything is asked for by somebody else than the customer:
   *     a bug, whatever the policy would say
   */
  public ReadRequest {
    if (extent instanceof Extent.Everything
        && !caller.account().flatMap(Identifier::parse).equals(Optional.of(customer))) {
      throw new IllegalArgumentException("Only customers ask for everything, about themselves");
    }
  }

  public ReadRequest(
      String requestId,
      Caller caller,
      Identifier customer,
      String purpose,
      List<Attribute> attributes,
      Optional<String> reason) {
    this(requestId, caller, customer, purpose, attributes, reason, NEWEST);
  }

  public ReadRequest(
      String requestId,
      Caller caller,
      Identifier customer,
      String purpose,
      List<Attribute> attributes,
      Optional<String> reason,
      Extent extent) {
    this(requestId, caller, customer, purpose, attributes, reason, extent, 1);
  }

  /** The same as one of so many in one request. */
  public ReadRequest oneOf(int asked) {
    return new ReadRequest(requestId, caller, customer, purpose, attributes, reason, extent, asked);
  }

  /** Whether the caller is the very customer. */
  boolean self() {
    return caller.account().flatMap(Identifier::parse).equals(Optional.of(customer));
  }

  /** Whether the caller's token was made for that purpose, or does not say. */
  static boolean mayState(Caller caller, String curie) {
    return caller.stated().map(stated -> term(stated.purpose()).equals(curie)).orElse(true);
  }

  /** A purpose that DPV does not have goes on as a word that the policy does not know either. */
  String term() {
    return term(purpose);
  }

  private static String term(String stated) {
    return Purpose.parse(stated).map(Purpose::curie).orElse("unknown");
  }

  /** The attributes' names, each once, in order. */
  List<String> names() {
    return attributes.stream().map(Attribute::name).sorted().distinct().toList();
  }

  /** The same with the identifiers, where they are asked for too. */
  List<String> everyName() {
    return extent.identifiers()
        ? Stream.concat(Stream.of(Identifier.ATTRIBUTE), names().stream()).sorted().toList()
        : names();
  }

  @Override
  public String toString() {
    return "Ask[" + requestId + ", " + caller + ", redacted]";
  }
}
