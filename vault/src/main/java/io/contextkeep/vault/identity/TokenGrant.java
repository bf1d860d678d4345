package io.contextkeep.vault.identity;

import com.nimbusds.jwt.JWTClaimsSet;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The purpose and categories that an app's token is limited to: OAuth's {@code
 * authorization_details} (RFC 9396) of the type {@value #TYPE}, or one scope {@code dpv:<purpose>}
 * as in the CAMARA APIs. A grant only narrows what the app is registered for.
 *
 * @param purpose a DPV purpose as the token writes it
 * @param categories the data categories; empty for all
 */
public record TokenGrant(String purpose, Set<String> categories) {
  static final String TYPE = "contextkeep_context";
  private static final String SCOPE = "dpv:";
  private static final Set<String> MEMBERS = Set.of("type", "purpose", "datatypes", "actions");
  private static final Set<String> ACTIONS = Set.of("dpv:Retrieve");

  public TokenGrant {
    categories = Set.copyOf(categories);
  }

  /**
   * @throws NotAuthenticated if it has several grants, or one that cannot be parsed: the token was
   *     made for something unknown here
   */
  static Optional<TokenGrant> by(JWTClaimsSet claims) {
    Optional<TokenGrant> details = details(claims.getClaim("authorization_details"));
    Optional<TokenGrant> scope = scope(claims.getClaim("scope"));
    if (details.isPresent()
        && scope.isPresent()
        && !details.get().purpose().equals(scope.get().purpose())) {
      throw new NotAuthenticated("token_purpose");
    }
    return details.isPresent() ? details : scope;
  }

  private static Optional<TokenGrant> scope(@Nullable Object claim) {
    List<String> words =
        claim instanceof String text
            ? Arrays.stream(text.split(" ", -1)).filter(w -> w.startsWith(SCOPE)).toList()
            : List.of();
    if (words.size() > 1) {
      throw new NotAuthenticated("token_purpose");
    }
    return words.stream().findFirst().map(word -> new TokenGrant(word, Set.of()));
  }

  private static Optional<TokenGrant> details(@Nullable Object claim) {
    if (claim == null) {
      return Optional.empty();
    }
    if (!(claim instanceof List<?> all)) {
      throw new NotAuthenticated("token_authorization_details");
    }
    List<Map<?, ?>> ours =
        all.stream()
            .<Map<?, ?>>flatMap(d -> d instanceof Map<?, ?> map ? Stream.of(map) : Stream.empty())
            .filter(map -> TYPE.equals(map.get("type")))
            .toList();
    if (ours.size() > 1) {
      throw new NotAuthenticated("token_authorization_details");
    }
    return ours.stream().findFirst().map(TokenGrant::details);
  }

  private static TokenGrant details(Map<?, ?> details) {
    boolean understood =
        MEMBERS.containsAll(details.keySet())
            && details.get("purpose") instanceof String
            && ACTIONS.containsAll(texts(details.get("actions")));
    Set<String> categories = texts(details.get("datatypes"));
    if (!understood || details.containsKey("datatypes") && categories.isEmpty()) {
      throw new NotAuthenticated("token_authorization_details");
    }
    return new TokenGrant(String.valueOf(details.get("purpose")), categories);
  }

  private static Set<String> texts(@Nullable Object list) {
    Set<String> texts = new TreeSet<>();
    if (list == null) {
      return texts;
    }
    if (!(list instanceof List<?> items)) {
      throw new NotAuthenticated("token_authorization_details");
    }
    for (Object item : items) {
      if (!(item instanceof String text)) {
        throw new NotAuthenticated("token_authorization_details");
      }
      texts.add(text);
    }
    return texts;
  }
}
