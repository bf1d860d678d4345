package io.contextkeep.vault.context;

import io.contextkeep.ontology.Purpose;
import io.contextkeep.vault.customers.Identifier;
import io.contextkeep.vault.identity.Caller;
import io.contextkeep.vault.registry.Attribute;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A request for one customer's context.
 *
 * @param purpose the purpose as stated; one that DPV does not define is refused like any that is
 *     not allowed
 * @param reason free text for the customer to read; kept sealed
 * @param extent the extent of the read; only customers may read everything
 * @param customers the number of customers in the same HTTP request
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

  /** The extent of apps' reads. */
  static final Extent NEWEST = new Extent.Newest(100);

  /**
   * Checks the extent.
   *
   * @throws IllegalArgumentException if the extent is everything and the caller is not the
   *     customer: a bug, whatever the policy says
   */
  public ReadRequest {
    if (extent instanceof Extent.Everything
        && !caller.account().flatMap(Identifier::parse).equals(Optional.of(customer))) {
      throw new IllegalArgumentException(
          "Only a customer may read everything, and only their own context");
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

  /** Returns this request as one of several in one HTTP request. */
  public ReadRequest oneOf(int count) {
    return new ReadRequest(requestId, caller, customer, purpose, attributes, reason, extent, count);
  }

  /** Returns whether the caller is the customer. */
  boolean self() {
    return caller.account().flatMap(Identifier::parse).equals(Optional.of(customer));
  }

  /** Returns whether the caller's token allows a purpose: it states that one or none. */
  static boolean mayState(Caller caller, String curie) {
    return caller.stated().map(stated -> term(stated.purpose()).equals(curie)).orElse(true);
  }

  /**
   * Returns the purpose's CURIE; {@code unknown}, which no policy allows, if DPV has no such
   * purpose.
   */
  String term() {
    return term(purpose);
  }

  private static String term(String stated) {
    return Purpose.parse(stated).map(Purpose::curie).orElse("unknown");
  }

  /** Returns the names of the attributes, each once, in order. */
  List<String> names() {
    return attributes.stream().map(Attribute::name).sorted().distinct().toList();
  }

  /** Returns the names with that of the identifiers, if the read includes those. */
  List<String> everyName() {
    return extent.identifiers()
        ? Stream.concat(Stream.of(Identifier.ATTRIBUTE), names().stream()).sorted().toList()
        : names();
  }

  @Override
  public String toString() {
    return "ReadRequest[" + requestId + ", " + caller + ", redacted]";
  }
}
