package io.contextkeep.vault;

import io.contextkeep.vault.customers.Identifier;
import io.contextkeep.vault.net.Secret;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Period;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Typed access to the configuration. A value that does not parse is an {@link
 * IllegalArgumentException} that names the key and the expected form.
 */
record Settings(Map<String, String> values) {

  /** Returns a period of whole days, months or years. */
  Optional<Period> period(String key) {
    try {
      Optional<Period> period = given(key).map(Period::parse);
      if (period.filter(p -> p.isZero() || p.isNegative()).isEmpty()) {
        return period;
      }
    } catch (DateTimeParseException notAPeriod) {
      // The message below covers it.
    }
    throw new IllegalArgumentException(
        key + " must be an ISO 8601 duration of whole days, weeks, months or years, such as P35D");
  }

  /** Returns a duration in days; empty for 0. */
  Optional<Duration> days(String key) {
    return Optional.of(number(key, 0, 36_500)).filter(d -> d > 0).map(Duration::ofDays);
  }

  Optional<URI> url(String key) {
    return given(key).map(_ -> uri(key));
  }

  /** Returns the value; empty if it is blank. */
  Optional<String> given(String key) {
    return Optional.of(setting(key)).filter(value -> !value.isEmpty());
  }

  Optional<Secret> secret(String key) {
    try {
      return given(key).map(Secret::of);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(key + ": " + e.getMessage(), e);
    }
  }

  Optional<Path> path(String key) {
    return given(key).map(Path::of);
  }

  String setting(String key) {
    return values.getOrDefault(key, "").strip();
  }

  URI uri(String key) {
    try {
      return URI.create(setting(key));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(key + " is not a URL", e);
    }
  }

  boolean flag(String key) {
    return switch (setting(key)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException(key + " is either true or false");
    };
  }

  int number(String key, int min, int max) {
    String text = setting(key);
    try {
      int number = Integer.parseInt(text);
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException notANumber) {
      // The message below covers it.
    }
    throw new IllegalArgumentException(
        key + " is '" + text + "'; it must be a whole number from " + min + " to " + max);
  }

  Set<String> kinds(String key) {
    Set<String> kinds = new TreeSet<>();
    for (String kind : given(key).map(text -> text.split(",", -1)).orElse(new String[0])) {
      if (!Identifier.isKind(kind.strip())) {
        throw new IllegalArgumentException(
            key + " must be kinds of identifiers with commas between, such as login,email");
      }
      kinds.add(kind.strip());
    }
    return kinds;
  }

  /** Returns hosts as written in URLs, in lower case. */
  Set<String> hosts(String key) {
    return Stream.of(setting(key).toLowerCase(Locale.ROOT).split(",", -1))
        .map(String::strip)
        .filter(host -> !host.isEmpty())
        .collect(Collectors.toUnmodifiableSet());
  }
}
