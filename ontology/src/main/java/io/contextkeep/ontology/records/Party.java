package io.contextkeep.ontology.records;

import io.contextkeep.ontology.Coded;
import java.util.Optional;

/**
 * An organisation in a consent, with its contact; never a customer.
 *
 * @param id its own IRI; for an app of the vault that app's
 * @param contact where it takes questions about privacy: a mail address, a telephone number or a
 *     URL
 */
public record Party(String id, Role role, String name, String address, String contact) {

  /** The role of a party. */
  public enum Role implements Coded {
    CONTROLLER("dpv:DataController"),
    PROCESSOR("dpv:DataProcessor"),
    THIRD_PARTY("dpv:ThirdParty"),
    RECIPIENT("dpv:Recipient");

    private final String curie;

    Role(String curie) {
      this.curie = curie;
    }

    public static Optional<Role> parse(String code) {
      for (Role role : values()) {
        if (role.code().equals(code)) {
          return Optional.of(role);
        }
      }
      return Optional.empty();
    }

    String curie() {
      return curie;
    }
  }

  Document document() {
    return new Document(id, role.curie())
        .with(Word.IDENTIFIER, id)
        .with(Word.NAME, name)
        .with(Word.ADDRESS, address)
        .with(Word.CONTACT, contact);
  }
}
