package io.contextkeep.vault.customers;

import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;

/**
 * The kinds of identifiers that have rules of their own.
 *
 * @param signIn the kinds that customers sign in with; only an identity source or the customer may
 *     link one
 * @param unique the kinds of which a customer has at most one
 */
public record IdentifierKinds(Set<String> signIn, Set<String> unique) {

  /** No special kinds. */
  public static final IdentifierKinds NONE = new IdentifierKinds(Set.of(), Set.of());

  /** Sorts the kinds, so that messages list them in order. */
  public IdentifierKinds {
    signIn = Collections.unmodifiableSortedSet(new TreeSet<>(signIn));
    unique = Collections.unmodifiableSortedSet(new TreeSet<>(unique));
  }
}
