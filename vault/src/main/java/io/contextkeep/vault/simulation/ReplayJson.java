package io.contextkeep.vault.simulation;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.policy.PolicyIdentity;
import io.contextkeep.vault.web.Json;
import java.util.Locale;

/** What a replay found, as JSON: codes, counts and indices, no customer. */
final class ReplayJson {

  private ReplayJson() {}

  static ObjectNode of(Replayed replayed) {
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.set("inForce", policy(replayed.inForce()));
    node.set("candidate", policy(replayed.candidate()));
    node.put("decisions", replayed.decisions());
    node.put("unchanged", replayed.unchanged());
    node.put("newlyAllows", replayed.newlyAllows());
    node.put("complete", replayed.complete());
    ArrayNode lost = node.putArray("notAskedAgain");
    replayed
        .lost()
        .forEach((why, count) -> lost.addObject().put("why", why.name()).put("count", count));
    ArrayNode flips = node.putArray("flips");
    replayed.flips().forEach(flip -> flips.add(json(flip)));
    ArrayNode supposed = node.putArray("supposed");
    replayed.supposed().forEach(flip -> supposed.add(json(flip)));
    return node;
  }

  static ObjectNode policy(PolicyIdentity policy) {
    return Json.MAPPER
        .createObjectNode()
        .put("revision", policy.revision())
        .put("policyDigest", policy.codeDigest())
        .put("dataDigest", policy.dataDigest());
  }

  private static ObjectNode json(DecisionChanges flips) {
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.put("change", flips.change().name().toLowerCase(Locale.ROOT));
    node.put("app", flips.app());
    node.put("purpose", flips.purpose());
    flips.reasons().forEach(node.putArray("reasons")::add);
    if (!flips.attribute().isEmpty()) {
      node.put("attribute", flips.attribute());
    }
    if (!flips.before().isEmpty()) {
      node.put("before", flips.before()).put("after", flips.after());
    }
    node.put("more", flips.more());
    node.put("count", flips.count());
    flips.entries().forEach(node.putArray("entries")::add);
    return node;
  }
}
