package io.contextkeep.policy.server;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.contextkeep.policy.PolicyDocument;
import io.contextkeep.policy.PolicyFailure;
import io.contextkeep.policy.PolicyFailure.Kind;
import io.contextkeep.policy.PolicyIdentity;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a server said, believed only as far as it is OPA's answer to a question: status 200, JSON, a
 * result, and the revision of the policy that gave it.
 */
final class OpaAnswer {

  /** What stands before a server says when there is none behind it, or it has too much to do. */
  private static final Set<Integer> NOBODY_THERE = Set.of(429, 502, 503, 504);

  private static final Pattern JSON_TYPE = Pattern.compile("(?i)application/json\\s*(;.*)?");

  /** What the audit log takes as a word: a revision that it cannot name is none. */
  private static final Pattern REVISION = Pattern.compile("[A-Za-z0-9:._/*+-]{1,128}");

  private static final Pattern UUID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

  /** One member named twice would let whoever is between us show each of two readers another. */
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final HttpResponse<byte[]> response;

  OpaAnswer(HttpResponse<byte[]> response) {
    this.response = response;
  }

  /** Whether there is a server, whatever it thinks of the question. */
  boolean isOfAServer() {
    return !NOBODY_THERE.contains(response.statusCode());
  }

  PolicyDocument document() throws PolicyFailure {
    if (!isOfAServer()) {
      throw new PolicyFailure(
          Kind.POLICY_UNAVAILABLE, "The policy server answered " + response.statusCode());
    }
    if (response.statusCode() != 200) {
      throw new PolicyFailure(
          Kind.POLICY_ERROR, "The policy server answered " + response.statusCode());
    }
    String type = response.headers().firstValue("Content-Type").orElse("");
    if (!JSON_TYPE.matcher(type).matches()) {
      throw new PolicyFailure(Kind.POLICY_ERROR, "The policy server gave no application/json");
    }
    return document(parsed());
  }

  private JsonNode parsed() throws PolicyFailure {
    try {
      JsonNode answer = JSON.readTree(response.body());
      if (answer.isObject()) {
        return answer;
      }
    } catch (IOException e) {
      // Falls through without it: what a parser shows of a text may be a person's.
    }
    throw new PolicyFailure(Kind.POLICY_ERROR, "The policy server gave no JSON object");
  }

  private static PolicyDocument document(JsonNode answer) throws PolicyFailure {
    if (!answer.path("result").isObject()) {
      throw new PolicyFailure(Kind.POLICY_UNDEFINED, "The policy gave no document");
    }
    PolicyIdentity policy = policy(answer.at("/provenance/bundles"));
    try {
      return PolicyDocument.of(answer.get("result"), policy, decisionId(answer));
    } catch (IllegalArgumentException e) {
      throw new PolicyFailure(Kind.POLICY_ERROR, "The policy gave an unusable document", e);
    }
  }

  /**
   * Nobody told the digests, so there are none: a digest that was not made from the bytes that
   * decided would be evidence of nothing.
   */
  private static PolicyIdentity policy(JsonNode bundles) throws PolicyFailure {
    TreeMap<String, String> revisions = new TreeMap<>();
    bundles
        .properties()
        .forEach(
            bundle -> revisions.put(bundle.getKey(), bundle.getValue().path("revision").asText()));
    String revision =
        revisions.size() == 1
            ? revisions.firstEntry().getValue()
            : revisions.entrySet().stream().map(OpaAnswer::named).collect(Collectors.joining("+"));
    if (revisions.containsValue("") || !REVISION.matcher(revision).matches()) {
      throw new PolicyFailure(Kind.POLICY_ERROR, "The policy server does not say what decided");
    }
    return new PolicyIdentity(revision, "", "");
  }

  private static String named(Map.Entry<String, String> bundle) {
    return bundle.getKey() + ":" + bundle.getValue();
  }

  /** As the gate writes its own; a server that keeps no decision log gives none. */
  private static Optional<String> decisionId(JsonNode answer) {
    return Optional.of(answer.path("decision_id").asText(""))
        .filter(id -> UUID.matcher(id).matches())
        .map(id -> id.replace("-", ""));
  }
}
