package io.contextkeep.vault.registry;

import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A registered service: the purposes for which it may read and the facets that it may write. It
 * authenticates with its own key (a public JWK) or as an OIDC client of a configured issuer.
 *
 * @param noticeUrl the URL for notices that a customer whose data it read was erased
 * @param links the kinds of identifiers that it may link; without any it names a customer by one
 *     identifier at a time
 * @param identitySource whether it may name, enrol and link customers by the kinds of identifiers
 *     that they sign in with
 * @param contact the contact for changes of its registration, such as a mailbox
 */
public record App(
    String id,
    String name,
    @Nullable String jwk,
    @Nullable String clientId,
    Set<String> purposes,
    Set<Facet> facets,
    @Nullable String noticeUrl,
    @Nullable String contact,
    Set<String> links,
    boolean identitySource) {
  /** The form of an app's id. */
  public static final Pattern ID = Pattern.compile("[a-z][a-z0-9-]{1,62}");

  /** Sorts the sets, so that equal registrations make equal questions. */
  public App {
    purposes = Collections.unmodifiableSortedSet(new TreeSet<>(purposes));
    links = Collections.unmodifiableSortedSet(new TreeSet<>(links));
  }
}
