package io.contextkeep.vault.registry;

import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A registered service: the purposes it may state when it asks and the facets it may write. It
 * proves itself with its own key (a public JWK) or as an OIDC client of a configured issuer.
 *
 * @param noticeUrl where it is told that somebody whose data it was given was erased
 * @param links the kinds of identifiers that it may link to each other; with none it names a
 *     customer by one identifier at a time
 * @param identitySource whether it may name, enrol and link customers by the kinds of identifiers
 *     that they sign in with
 * @param contact who is told of changes to its registration, such as a mailbox
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

  /** Sets of texts are kept in order, so that equal registrations make equal questions. */
  public App {
    purposes = Collections.unmodifiableSortedSet(new TreeSet<>(purposes));
    links = Collections.unmodifiableSortedSet(new TreeSet<>(links));
  }
}
