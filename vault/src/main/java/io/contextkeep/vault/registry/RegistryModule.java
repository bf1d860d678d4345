package io.contextkeep.vault.registry;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.contextkeep.vault.changes.Changes;
import io.contextkeep.vault.changes.RegistrationNews;
import io.contextkeep.vault.changes.TwoPeople;
import io.contextkeep.vault.core.Core;
import io.contextkeep.vault.core.Module;
import io.contextkeep.vault.customers.IdentifierKinds;
import io.contextkeep.vault.jobs.Job;
import io.contextkeep.vault.net.Outgoing;
import io.contextkeep.vault.outbox.Channel;
import io.contextkeep.vault.web.Json;
import io.contextkeep.vault.web.Routes;
import java.util.List;
import java.util.stream.Stream;

/** The feature of registrations and the approval of their changes. */
public record RegistryModule(
    Changes changes,
    List<Registration> kinds,
    List<Routes.Api> routes,
    List<Job> jobs,
    List<Channel> channels)
    implements Module {

  /**
   * @param others the kinds of documents of other features
   */
  public static RegistryModule of(
      Core core,
      Registry registry,
      IdentifierKinds identifierKinds,
      Outgoing outgoing,
      TwoPeople people,
      List<Registration> others) {
    RegistrationNews news =
        new RegistrationNews(
            core.db(),
            outgoing,
            new ObjectMapper(),
            core.signingKey(),
            core.issuer(),
            core.clock(),
            core.settled());
    AppRegistration apps =
        new AppRegistration(registry, identifierKinds, outgoing, news, core.clock());
    AttributeRegistration attributes = new AttributeRegistration(registry, core.clock());
    List<Registration> kinds = Stream.concat(Stream.of(apps, attributes), others.stream()).toList();
    Changes changes =
        new Changes(core.db(), core.log(), people, Json.MAPPER, kinds, news, core.clock());
    return new RegistryModule(
        changes,
        kinds,
        List.of(new RegistrationApi(core.db(), registry, changes, apps, attributes, kinds)),
        List.of(news.job()),
        List.of(news));
  }
}
