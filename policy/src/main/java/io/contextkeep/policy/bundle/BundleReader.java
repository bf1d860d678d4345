package io.contextkeep.policy.bundle;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.policy.Bundle;
import io.contextkeep.policy.bundle.BundleRejected.Step;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reader of OPA bundles (target wasm). Its results are made of the verified bytes only. */
public final class BundleReader {
  private static final String WASM = "policy.wasm";
  private static final String DATA = "data.json";
  private static final String MANIFEST = ".manifest";
  private static final Pattern REVISION = Pattern.compile("(\\d{1,15})(-[A-Za-z0-9._-]{1,64})?");

  private BundleReader() {}

  public static Bundle read(byte[] archive, Trust trust) throws BundleRejected {
    SortedMap<String, byte[]> files = Archive.read(archive);
    switch (trust) {
      case Trust.SignedBy signers -> Signatures.verify(files, signers.keys(), signers.scope());
      case Trust.Anybody _ -> {}
    }
    for (String name : files.keySet()) {
      if (!name.endsWith(".rego") && !isOurs(name)) {
        throw new BundleRejected(Step.FILES, "The bundle holds an unexpected file");
      }
    }
    String revision = revision(json(files, MANIFEST));
    json(files, DATA);
    return Bundle.of(
        file(files, WASM), new String(file(files, DATA), StandardCharsets.UTF_8), revision);
  }

  /** Returns the number that a revision begins with, by which revisions are ordered. */
  public static OptionalLong number(String revision) {
    Matcher numbered = REVISION.matcher(revision);
    return numbered.matches()
        ? OptionalLong.of(Long.parseLong(numbered.group(1)))
        : OptionalLong.empty();
  }

  private static boolean isOurs(String name) {
    return switch (name) {
      case WASM, DATA, MANIFEST, Signatures.FILE -> true;
      default -> false;
    };
  }

  private static byte[] file(SortedMap<String, byte[]> files, String name) throws BundleRejected {
    byte[] file = files.get(name);
    if (file == null) {
      throw new BundleRejected(
          Step.FILES, "The bundle has no " + name + "; build it with the target wasm");
    }
    return file;
  }

  private static JsonNode json(SortedMap<String, byte[]> files, String name) throws BundleRejected {
    try {
      JsonNode json = StructuredHash.JSON.readTree(file(files, name));
      // The strict reader refuses duplicate members, which would make two policies.
      if (json.isObject()) {
        return json;
      }
      throw new BundleRejected(Step.FILES, name + " is not a JSON object");
    } catch (IOException e) {
      throw new BundleRejected(Step.FILES, name + " is not JSON", e);
    }
  }

  private static String revision(JsonNode manifest) throws BundleRejected {
    String revision = manifest.path("revision").asText("");
    if (number(revision).isEmpty()) {
      throw new BundleRejected(
          Step.REVISION, "A revision must begin with a number, such as 7 or 7-abc");
    }
    return revision;
  }
}
