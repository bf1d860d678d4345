package io.contextkeep.vault.customers;

import io.contextkeep.vault.core.Core;
import io.contextkeep.vault.core.HeldRows;
import io.contextkeep.vault.core.Module;
import io.contextkeep.vault.identity.TokenVerifier;
import io.contextkeep.vault.web.Limits;
import io.contextkeep.vault.web.Routes;
import java.util.List;

/** The feature of customers: their directory, enrolment, sessions and identifiers. */
public record CustomersModule(
    Customers directory,
    Enrolment enrolment,
    CustomerSession session,
    AuditorAccessLog looks,
    List<Routes.Api> routes)
    implements Module {

  /**
   * Returns the rows about customers. Their identifiers go last: until then no other customer gets
   * one of them.
   */
  public static List<HeldRows> held() {
    return List.of(
        new HeldRows(
            "unlinked_identifier",
            "SELECT subject, kind, blind FROM unlinked_identifier WHERE subject = ? LIMIT ?",
            "DELETE FROM unlinked_identifier WHERE subject = ? AND kind = ? AND blind = ?"),
        new HeldRows(
            "no_event",
            "SELECT id FROM no_event WHERE subject = ? LIMIT ?",
            "DELETE FROM no_event WHERE id = ?"),
        new HeldRows(
            "identifier",
            "SELECT kind, blind FROM identifier WHERE subject = ? LIMIT ?",
            "DELETE FROM identifier WHERE kind = ? AND blind = ?"));
  }

  /**
   * @param signal the handler of browsers' privacy signals
   */
  public static CustomersModule of(
      Core core,
      IdentifierKinds kinds,
      CustomerSession.BrowserSignal signal,
      Limits limits,
      TokenVerifier tokens) {
    Customers directory = new Customers(core.blindIndex(), kinds);
    Enrolment enrolment =
        new Enrolment(core.db(), directory, core.keys(), core.log(), core.random(), core.clock());
    CustomerSession session =
        new CustomerSession(
            core.db(), directory, core.keys(), enrolment, core.log(), signal, limits);
    AuditorAccessLog looks = new AuditorAccessLog(core.log(), core.keys());
    return new CustomersModule(
        directory,
        enrolment,
        session,
        looks,
        List.of(
            new IdentifiersApi(
                session,
                core.db(),
                directory,
                enrolment,
                tokens,
                core.log(),
                looks,
                core.clock())));
  }
}
