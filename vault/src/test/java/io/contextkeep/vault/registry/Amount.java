package io.contextkeep.vault.registry;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.contextkeep.ontology.DataCategory;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** An attribute that statistics may ask for: an amount of up to 1,000 pounds in pence. */
public final class Amount {
  private Amount() {}

  public static Attribute keptFor(Duration retention) throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    return new Attribute(
        "amount",
        Attribute.Kind.VALUE,
        Facet.parse("behaviour").orElseThrow(),
        DataCategory.parse("pd:Purchase").orElseThrow(),
        "low",
        "{}",
        ValueRule.of(mapper.readTree("{}")),
        retention,
        Optional.of(
            Analysable.parse(
                mapper.readTree(
                    "{\"lower\": 0, \"upper\": 100000, \"step\": 1, \"unit\": \"pence\"}"),
                false)));
  }
}
