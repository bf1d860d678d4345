package io.contextkeep.vault.ingest;

import io.contextkeep.vault.core.Core;
import io.contextkeep.vault.core.Module;
import io.contextkeep.vault.customers.CustomersModule;
import io.contextkeep.vault.derived.DerivedModule;
import io.contextkeep.vault.registry.Registry;
import io.contextkeep.vault.web.Routes;
import java.util.List;

/** The feature of sources' writes. */
public record IngestModule(Ingest ingest, List<Routes.Api> routes) implements Module {

  public static IngestModule of(
      Core core, Registry registry, CustomersModule customers, DerivedModule derived) {
    Ingest ingest =
        new Ingest(
            core.db(),
            customers.directory(),
            customers.enrolment(),
            core.keys(),
            core.blindIndex(),
            derived.derivations(),
            core.random(),
            core.clock());
    return new IngestModule(
        ingest,
        List.of(
            new SourceApi(
                core, registry, ingest, derived.deriving(), customers.directory().kinds()),
            new CorrectionsApi(
                core.db(),
                registry,
                derived.derivations(),
                customers.session(),
                core.log(),
                customers.looks())));
  }
}
