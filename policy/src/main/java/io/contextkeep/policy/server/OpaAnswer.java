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
 * An answer of a server, accepted only if it is OPA's answer to a question: status 200, JSON, a
 * result, and the revision of the policy.
 */
final class OpaAnswer {

  /** The statuses of a proxy whose server is down or overloaded. */
  private static final Set<Integer> NOBODY_THERE = Set.of(429, 502, 503, 504);

  private static final Pattern JSON_TYPE = Pattern.compile("(?i)application/json\\s*(;.*)?");

  /** The revisions that the audit log can record. */
  private static final Pattern REVISION = Pattern.compile("[A-Za-z0-9:._/*+-]{1,128}");

  private static final Pattern UUID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

  /** Refuses duplicate members, which two readers could read differently. */
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final HttpResponse<byte[]> response;

  OpaAnswer(HttpResponse<byte[]> response) {
    this.response = response;
  }

  /** Returns whether the server answered, in any way. */
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
      throw new PolicyFailure(
          Kind.POLICY_ERROR, "The policy server's answer is not application/json");
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
      // Without the cause, since a parser's message may show personal data.
    }
    throw new PolicyFailure(Kind.POLICY_ERROR, "The policy server's answer is not a JSON object");
  }

  private static PolicyDocument document(JsonNode answer) throws PolicyFailure {
    if (!answer.path("result").isObject()) {
      throw new PolicyFailure(Kind.POLICY_UNDEFINED, "The policy gave no decision");
    }
    PolicyIdentity policy = policy(answer.at("/provenance/bundles"));
    try {
      return PolicyDocument.of(answer.get("result"), policy, decisionId(answer));
    } catch (IllegalArgumentException e) {
      throw new PolicyFailure(Kind.POLICY_ERROR, "The policy gave a malformed decision", e);
    }
  }

  /**
   * Returns the policy without digests, which the server does not tell: a digest of other bytes
   * than those that decided would be no evidence.
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
      throw new PolicyFailure(Kind.POLICY_ERROR, "The policy server's answer names no revision");
    }
    return new PolicyIdentity(revision, "", "");
  }

  private static String named(Map.Entry<String, String> bundle) {
    return bundle.getKey() + ":" + bundle.getValue();
  }

  /** Returns the id in the server's decision log in the gate's format, if there is one. */
  private static Optional<String> decisionId(JsonNode answer) {
    return Optional.of(answer.path("decision_id").asText(""))
        .filter(id -> UUID.matcher(id).matches())
        .map(id -> id.replace("-", ""));
  }
}
