package io.contextkeep.vault.auditlog;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.audit.AccessProof;
import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.VerifiableIndex;
import io.contextkeep.audit.ViewKey;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.crypto.SubjectKey;
import io.contextkeep.vault.customers.CustomerSession;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.web.Accept;
import io.contextkeep.vault.web.Answer;
import io.contextkeep.vault.web.Json;
import io.contextkeep.vault.web.Media;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Routes;
import io.vertx.core.http.HttpMethod;
import java.util.List;
import java.util.Map;

/**
 * What a customer needs to check the list of accesses without believing the vault: the key that
 * finds her entries, and the proof that there are no others.
 */
public final class AccessProofApi implements Routes.Api {
  public static final String PROOF = "/v1/me/accesses/proof";

  private static final int MOST = 500;

  private final CustomerSession me;
  private final AuditLog log;
  private final VerifiableIndex index;

  AccessProofApi(CustomerSession me, AuditLog log, VerifiableIndex index) {
    this.me = me;
    this.log = log;
    this.index = index;
  }

  @Override
  public void mount(Routes routes) {
    routes
        .as(Role.CUSTOMER)
        .on(HttpMethod.GET, PROOF, Media.NO_BODY.giving(List.of(Media.TEXT)), this::proof)
        .on(
            HttpMethod.GET,
            "/v1/me/view-key",
            Media.NO_BODY.giving(List.of(Media.JSON, Media.TEXT)),
            this::viewKey);
  }

  /**
   * Her entries from a number on, with their proofs, up to the last recorded root. The tail behind
   * it is not shown: it is other people's too, and a second later there is a root over it.
   */
  Answer proof(Request request) {
    request.onlyQuery("first", "limit");
    long first = request.number("first").orElse(0L);
    int limit = request.limit(MOST);
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
            Map.of("Link", "<" + PROOF + "?first=" + next + "&limit=" + limit + ">; rel=\"next\""))
        : answer;
  }

  private static Problem behind() {
    return new Problem(
        503, "index_behind", "The index of the log is being brought up to date; try again");
  }

  /** Given to her alone; with it go the keys of the log that she should remember too. */
  Answer viewKey(Request request) {
    request.onlyQuery();
    SubjectId subject = me.subject(request);
    ViewKey key = me.key(subject).viewKey();
    me.recordView(request, subject, "view-key");
    if (Accept.choose(request.header("Accept"), List.of(Media.JSON, Media.TEXT))
        .equals(Media.TEXT)) {
      return Answer.text(Media.UTF_8_TEXT, key.hex() + "\n");
    }
    ObjectNode body = Json.MAPPER.createObjectNode().put("viewKey", key.hex());
    ArrayNode keys = body.putArray("log");
    log.verifiers().forEach(verifier -> keys.add(verifier.toString()));
    return Answer.ok(body);
  }
}
