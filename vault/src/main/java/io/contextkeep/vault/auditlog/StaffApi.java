package io.contextkeep.vault.auditlog;

import static io.vertx.core.http.HttpMethod.GET;

import io.contextkeep.vault.customers.AuditorAccessLog;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.web.Answer;
import io.contextkeep.vault.web.Page;
import io.contextkeep.vault.web.Paged;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Routes;
import java.util.List;
import java.util.Optional;

/** The names behind the log's pseudonyms, for auditors. Each request is recorded. */
final class StaffApi implements Routes.Api {
  private static final int MAX_MEMBERS = 1_000;

  private final Db db;
  private final Staff staff;
  private final AuditorAccessLog looks;

  StaffApi(Db db, Staff staff, AuditorAccessLog looks) {
    this.db = db;
    this.staff = staff;
    this.looks = looks;
  }

  private record Members(List<Member> staff, Optional<String> next) implements Paged {}

  private record Member(String actor, String name) {
    @Override
    public String toString() {
      return "Member[" + actor + ", redacted]";
    }
  }

  @Override
  public void mount(Routes routes) {
    routes
        .route(GET, "/v1/audit/staff")
        .as(Role.AUDITOR)
        .query("actor")
        .paged()
        .handle(this::members);
  }

  private Answer members(Request request) {
    Page page = request.page(MAX_MEMBERS);
    looks.record(request, "staff");
    List<Staff.Member> found =
        db.inRead(c -> staff.members(c, request.query("actor"), page.cursor(), page.limit()));
    return Answer.ok(
        new Members(
            found.stream().map(one -> new Member(one.pseudonym(), one.name())).toList(),
            page.next(found, Staff.Member::pseudonym)));
  }
}
