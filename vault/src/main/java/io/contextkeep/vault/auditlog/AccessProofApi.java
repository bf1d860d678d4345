package io.contextkeep.vault.auditlog;

import static io.vertx.core.http.HttpMethod.GET;

import io.contextkeep.audit.AccessProof;
import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.VerifiableIndex;
import io.contextkeep.audit.ViewKey;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.crypto.SubjectKey;
import io.contextkeep.vault.customers.CustomerSession;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.web.Answer;
import io.contextkeep.vault.web.Media;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Routes;
import java.util.List;
import java.util.Map;

/**
 * Evidence with which customers check their list of accesses without trusting the vault: the key
 * that finds their entries, and the proof that there are no others.
 */
final class AccessProofApi implements Routes.Api {
  private static final int MAX_ENTRIES = 500;

  private final CustomerSession me;
  private final AuditLog log;
  private final VerifiableIndex index;

  AccessProofApi(CustomerSession me, AuditLog log, VerifiableIndex index) {
    this.me = me;
    this.log = log;
    this.index = index;
  }

  /**
   * The keys that a customer checks the log with.
   *
   * @param viewKey finds the customer's entries
   * @param log the log's public keys
   */
  private record Keys(String viewKey, List<String> log) {
    @Override
    public String toString() {
      return "Keys[redacted]";
    }
  }

  @Override
  public void mount(Routes routes) {
    routes
        .route(GET, Accesses.PROOF)
        .as(Role.CUSTOMER)
        .query("first", "limit")
        .giving(Media.TEXT)
        .handle(this::proof);
    routes
        .route(GET, "/v1/me/view-key")
        .as(Role.CUSTOMER)
        .giving(Media.JSON, Media.TEXT)
        .handle(this::viewKey);
  }

  /**
   * Answers with the customer's entries from a number on and their proofs, up to the last recorded
   * root. Later entries are left out: they also show how active others are, and a root covers them
   * within a second.
   */
  private Answer proof(Request request) {
    long first = request.number("first").orElse(0L);
    int limit = request.limit(MAX_ENTRIES);
    SubjectId subject = me.subject(request);
    SubjectKey key = me.key(subject);
    me.recordView(request, subject, "accesses-proof");
    AccessProof proof =
        index
            .accesses(subject.value(), key, first, limit, false)
            .orElseThrow(AccessProofApi::behind);
    long next = first + proof.accesses().size();
    boolean more = !proof.accesses().isEmpty() && next < proof.absences().getFirst().n();
    Answer answer = Answer.text(Media.UTF_8_TEXT, proof.toString());
    return more
        ? answer.with(
            Map.of(
                "Link",
                "<" + Accesses.PROOF + "?first=" + next + "&limit=" + limit + ">; rel=\"next\""))
        : answer;
  }

  private static Problem behind() {
    return new Problem(
        503, "index_behind", "The index of the log is being brought up to date; try again");
  }

  /** Answers with the customer's view key and the keys of the log. */
  private Answer viewKey(Request request) {
    SubjectId subject = me.subject(request);
    ViewKey key = me.key(subject).viewKey();
    me.recordView(request, subject, "view-key");
    return request.type().equals(Media.TEXT)
        ? Answer.text(Media.UTF_8_TEXT, key.hex() + "\n")
        : Answer.ok(new Keys(key.hex(), log.verifiers().stream().map(Object::toString).toList()));
  }
}
