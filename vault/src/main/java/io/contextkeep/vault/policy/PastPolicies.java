package io.contextkeep.vault.policy;

import io.contextkeep.audit.AuditQuery;
import io.contextkeep.audit.AuditRow;
import io.contextkeep.audit.AuditSearch;
import io.contextkeep.audit.EntryType;
import io.contextkeep.policy.Bundle;
import io.contextkeep.policy.PolicyIdentity;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The policies that were in force, by the database, or by the log for times before the database
 * recorded them. Deciding by one again needs its data, which is kept, and its code, which is
 * available if it is that of the policy in force or of the built-in one.
 */
public final class PastPolicies {
  private final Supplier<Optional<ActivePolicy>> inForce;
  private final Bundle builtIn;

  /**
   * A policy of a past time.
   *
   * @param since when it came into force
   * @param bundle the bundle; empty if its code or its data is unavailable
   */
  public record Then(PolicyIdentity policy, Instant since, Optional<Bundle> bundle) {

    /** Returns its data, if it is available. */
    public Optional<String> data() {
      return bundle.map(Bundle::data);
    }
  }

  public PastPolicies(Supplier<Optional<ActivePolicy>> inForce, Bundle builtIn) {
    this.inForce = inForce;
    this.builtIn = builtIn;
  }

  /**
   * Returns the policy in force at an instant; empty if none was, or it is unknown. It is unknown
   * if an OPA server decides: the policies recorded here may not have been those that decided.
   */
  public Optional<Then> at(Connection c, Instant at) throws SQLException {
    if (inForce.get().isEmpty()) {
      return Optional.empty();
    }
    Optional<PolicyStore.Version> version = PolicyStore.versionAt(c, at);
    if (version.isEmpty()) {
      version = logged(c, at);
    }
    return version.isEmpty() ? Optional.empty() : Optional.of(then(c, version.get()));
  }

  private static Optional<PolicyStore.Version> logged(Connection c, Instant at)
      throws SQLException {
    AuditQuery activations =
        AuditQuery.ALL.withType(EntryType.POLICY).within(0, at.toEpochMilli() + 1);
    List<AuditRow> last = AuditSearch.newest(c, activations, Long.MAX_VALUE, 1);
    return last.stream()
        .findFirst()
        .map(
            row ->
                new PolicyStore.Version(
                    new PolicyIdentity(
                        row.word("policy"), row.word("policyDigest"), row.word("dataDigest")),
                    Instant.ofEpochMilli(row.time())));
  }

  private Then then(Connection c, PolicyStore.Version version) throws SQLException {
    PolicyIdentity policy = version.policy();
    Optional<String> kept = PolicyStore.data(c, policy.dataDigest());
    Optional<Bundle> bundle =
        rules(policy.codeDigest())
            .flatMap(
                rules ->
                    kept.or(() -> data(policy.dataDigest()))
                        .map(data -> new Bundle(rules.wasm(), data, policy)));
    return new Then(policy, version.since(), bundle);
  }

  private Optional<Bundle> rules(String digest) {
    return available().filter(b -> b.identity().codeDigest().equals(digest)).findFirst();
  }

  private Optional<String> data(String digest) {
    return available()
        .filter(b -> b.identity().dataDigest().equals(digest))
        .map(Bundle::data)
        .findFirst();
  }

  private Stream<Bundle> available() {
    return Stream.concat(
        inForce.get().stream().flatMap(now -> Stream.of(now.policy(), now.bundle())),
        Stream.of(builtIn));
  }
}
