package io.contextkeep.vault.auditlog;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.vault.customers.AuditorAccessLog;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.web.Answer;
import io.contextkeep.vault.web.Json;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Routes;

/** Tells auditors who is behind the pseudonyms of the log; that they asked is recorded. */
final class StaffApi implements Routes.Api {
  private final Db db;
  private final Staff staff;
  private final AuditorAccessLog looks;

  StaffApi(Db db, Staff staff, AuditorAccessLog looks) {
    this.db = db;
    this.staff = staff;
    this.looks = looks;
  }

  @Override
  public void mount(Routes routes) {
    routes.as(Role.AUDITOR).get("/v1/audit/staff", this::members);
  }

  Answer members(Request request) {
    request.onlyQuery("actor");
    looks.record(request, "staff");
    ObjectNode body = Json.MAPPER.createObjectNode();
    ArrayNode members = body.putArray("staff");
    for (Staff.Member member : db.inRead(c -> staff.members(c, request.query("actor")))) {
      members.addObject().put("actor", member.pseudonym()).put("name", member.name());
    }
    return Answer.ok(body);
  }
}
