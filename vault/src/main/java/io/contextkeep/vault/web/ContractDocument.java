package io.contextkeep.vault.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The contract as one OpenAPI 3.1 document, composed of hand-written fragments: one for each
 * feature, with its paths and its own components, and {@code common.json} with what they share. A
 * fragment states only what is its own; {@link CommonAnswers} adds the answers that all operations
 * of a kind share.
 *
 * <p>Composition fails, naming the place, if a fragment is not strict JSON, two fragments define
 * the same name, a reference has no target, or a component is unused.
 */
public final class ContractDocument {
  /** The order of the document. */
  static final List<String> FEATURES =
      List.of(
          "context",
          "customers",
          "consent",
          "ingest",
          "derived",
          "registry",
          "erasure",
          "rights",
          "policy",
          "simulation",
          "accountability",
          "auditlog",
          "lineage",
          "analytics",
          "identity",
          "operations");

  private static final String FOLDER = "/io/contextkeep/vault/contract/";
  private static final Set<String> KEYS = Set.of("paths", "components");
  private static final Set<String> METHODS =
      Set.of("get", "put", "post", "delete", "patch", "head", "options", "trace");

  private final Fragment common;
  private final List<Fragment> features;
  private final List<Fragment> fragments;
  private final ObjectNode components = JsonNodeFactory.instance.objectNode();
  private final ObjectNode paths = JsonNodeFactory.instance.objectNode();

  private ContractDocument(Fragment common, List<Fragment> features) {
    this.common = common;
    this.features = features;
    this.fragments = Stream.concat(Stream.of(common), features.stream()).toList();
  }

  /** Composes the bundled fragments. */
  public static ObjectNode compose() {
    return compose(bundled("common"), FEATURES.stream().map(ContractDocument::bundled).toList());
  }

  static ObjectNode compose(Fragment common, List<Fragment> features) {
    return new ContractDocument(common, features).document();
  }

  private static Fragment bundled(String name) {
    String file = name + ".json";
    try (InputStream in =
        Objects.requireNonNull(ContractDocument.class.getResourceAsStream(FOLDER + file), file)) {
      return Fragment.read(file, in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException("A part of the contract cannot be read: " + file, e);
    }
  }

  private ObjectNode document() {
    features.forEach(feature -> feature.checkKeys(KEYS));
    fragments.forEach(this::addComponents);
    checkReferences();
    addOperations();
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    for (var field : common.content().properties()) {
      if (field.getKey().equals("components")) {
        document.set("paths", paths);
        document.set("components", components);
      } else if (!CommonAnswers.KEYS.contains(field.getKey())) {
        document.set(field.getKey(), field.getValue());
      }
    }
    return document;
  }

  private void addComponents(Fragment fragment) {
    fragment.eachComponent(
        (kind, name, component) -> {
          ObjectNode ofKind = components.withObjectProperty(kind);
          if (ofKind.has(name)) {
            throw Fragment.fault(
                fragment.place("components", kind, name), "another fragment defines it too");
          }
          ofKind.set(name, component);
        });
  }

  private void checkReferences() {
    Set<String> used = new HashSet<>();
    for (Fragment fragment : fragments) {
      fragment.eachReference(
          (place, target) -> {
            if (!target.startsWith("#/components/") || find(target).isMissingNode()) {
              throw Fragment.fault(place, "missing " + target);
            }
            used.add(target);
          });
    }
    for (Fragment fragment : fragments) {
      fragment.eachComponent(
          (kind, name, _) -> {
            boolean isNamed = kind.equals("securitySchemes");
            if (!isNamed && !used.contains("#/components/" + kind + "/" + name)) {
              throw Fragment.fault(fragment.place("components", kind, name), "nothing uses it");
            }
          });
    }
  }

  private JsonNode find(String reference) {
    return components.at(reference.substring("#/components".length()));
  }

  private void addOperations() {
    CommonAnswers answers = CommonAnswers.of(common);
    Set<String> tags = new HashSet<>();
    common.content().path("tags").forEach(tag -> tags.add(tag.path("name").textValue()));
    Map<String, String> ids = new HashMap<>();
    for (Fragment feature : features) {
      feature.eachOperation(
          (path, method, node) -> {
            String place = feature.place("paths", path, method);
            checkName(place, method, node, tags, ids);
            ObjectNode ofPath = paths.withObjectProperty(path);
            if (ofPath.has(method)) {
              throw Fragment.fault(place, "another fragment defines it too");
            }
            ofPath.set(method, answers.complete(ContractOperation.of(place, node, this::resolved)));
          });
    }
  }

  private static void checkName(
      String place, String method, JsonNode node, Set<String> tags, Map<String, String> ids) {
    if (!METHODS.contains(method)) {
      throw Fragment.fault(place, "this is not an HTTP method");
    }
    String id = node.path("operationId").asText();
    String other = ids.putIfAbsent(id, place);
    if (id.isEmpty() || other != null) {
      throw Fragment.fault(place, "the operationId must be unique; the same is at " + other);
    }
    node.path("tags")
        .forEach(
            tag -> {
              if (!tags.contains(tag.textValue())) {
                throw Fragment.fault(place, "common.json describes no tag " + tag);
              }
            });
  }

  private JsonNode resolved(JsonNode node) {
    return node.has("$ref") ? find(node.get("$ref").textValue()) : node;
  }
}
