package io.contextkeep.vault.analytics;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.contextkeep.vault.analytics.noise.Draws;
import io.contextkeep.vault.analytics.noise.ExactSum;
import io.contextkeep.vault.context.Plaintext;
import io.contextkeep.vault.registry.Attribute;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.crypto.SecretKey;

/**
 * The sums of a plan, customer by customer. Each customer adds at most what the plan allows,
 * whatever is stored. For one thread; {@link #take} adds the sums of others.
 */
final class Tally {
  private static final Comparator<List<String>> IN_ORDER =
      (left, right) -> {
        Iterator<String> other = right.iterator();
        for (String key : left) {
          int difference = key.compareTo(other.next());
          if (difference != 0) {
            return difference;
          }
        }
        return 0;
      };

  private final Plan plan;
  private final Query query;
  private final Choice choice;
  private final SortedMap<List<String>, ExactSum[]> cells = new TreeMap<>(IN_ORDER);
  private final long lower;
  private final long range;
  private final long middle;

  public Tally(Plan plan, SecretKey choosing) {
    this.plan = plan;
    this.query = plan.query();
    this.choice = new Choice(choosing);
    this.lower = query.column().map(Column::lower).orElse(0L);
    this.range = query.column().map(Column::upper).orElse(0L) - lower;
    this.middle = query.column().map(Plan::middle).orElse(0L);
    if (!query.privateKeys()) {
      query.publicCells().forEach(cell -> cells.put(cell, zeros()));
    }
  }

  private ExactSum[] zeros() {
    ExactSum[] sums = new ExactSum[plan.sums()];
    for (int i = 0; i < sums.length; i++) {
      sums[i] = new ExactSum();
    }
    return sums;
  }

  /** Counts the data of one customer that may be used for the purpose. */
  public void add(long subject, List<Plaintext.Item> items) {
    Map<String, JsonNode> values = items.isEmpty() ? Map.of() : new HashMap<>();
    List<Choice.Event> events = items.isEmpty() ? List.of() : new ArrayList<>();
    for (Plaintext.Item item : items) {
      if (item.held().attribute().kind() == Attribute.Kind.VALUE) {
        values.put(item.held().attribute().name(), item.value());
      } else if (inWindow(item.held().observed())) {
        events.add(new Choice.Event(item.held().observed(), item.value()));
      }
    }
    for (Filter filter : query.filters()) {
      if (!filter.holds(part(filter.attribute(), values))) {
        return;
      }
    }
    ExactSum[] sums = cell(values);
    if (sums.length == 0) {
      return;
    }
    if (query.column().isEmpty()) {
      sums[0].add(1);
    } else if (query.ofEvents()) {
      Column column = query.column().get();
      choice
          .among(subject, events, column.perCustomer())
          .forEach(event -> add(sums, column, event.value(), step(event.at())));
    } else {
      Column column = query.column().get();
      add(
          sums,
          column,
          values.getOrDefault(column.attribute().name(), MissingNode.getInstance()),
          0);
    }
  }

  private static JsonNode part(Attribute attribute, Map<String, JsonNode> values) {
    JsonNode value = values.getOrDefault(attribute.name(), MissingNode.getInstance());
    return attribute.analytics().orElseThrow().part(value);
  }

  private boolean inWindow(long observed) {
    Instant at = Instant.ofEpochMilli(observed);
    return !at.isBefore(query.window().from()) && at.isBefore(query.window().until());
  }

  private int step(long at) {
    return query
        .every()
        .map(every -> every.step(query.window(), Instant.ofEpochMilli(at)))
        .orElse(0);
  }

  /** Returns the customer's cell; none if it was not asked for. */
  private ExactSum[] cell(Map<String, JsonNode> values) {
    List<String> keys = new ArrayList<>();
    for (Group group : query.groups()) {
      JsonNode key = part(group.attribute(), values);
      if (!key.isTextual()
          || group.keys().isPresent() && !group.keys().get().contains(key.textValue())) {
        return new ExactSum[0];
      }
      keys.add(key.textValue());
    }
    return cells.computeIfAbsent(keys, _ -> zeros());
  }

  private void add(ExactSum[] sums, Column column, JsonNode value, int step) {
    if (column.bounds().isEmpty()) {
      if (column.attribute().analytics().orElseThrow().counts(value)) {
        sums[step].add(1);
      }
      return;
    }
    OptionalLong counted = column.steps(value);
    if (counted.isPresent()) {
      add(sums, counted.getAsLong(), step);
    }
  }

  private void add(ExactSum[] sums, long steps, int step) {
    switch (query.measure()) {
      case COUNT -> sums[step].add(1);
      case SUM -> {
        sums[step].add(steps);
        sums[plan.counting().first() + step].add(1);
      }
      case MEAN -> {
        sums[0].add(plan.centred(middle, steps));
        sums[1].add(1);
      }
      case VARIANCE -> {
        long centred = plan.centred(middle, steps);
        sums[0].add(centred);
        sums[1].add(Math.multiplyExact(centred, centred));
        sums[2].add(1);
      }
      case HISTOGRAM -> sums[slot(steps, query.bins())].add(1);
      case QUANTILE -> {
        for (Part level : plan.parts()) {
          sums[level.first() + slot(steps, level.slots())].add(1);
        }
      }
    }
  }

  /** Returns the index of the part of the range; the upper bound belongs to the last. */
  private int slot(long steps, int slots) {
    long place = Math.multiplyExact(steps - lower, slots) / range;
    return (int) Math.min(place, slots - 1);
  }

  /** Adds the counts of another thread. */
  public void take(Tally other) {
    other.cells.forEach(
        (keys, sums) -> {
          ExactSum[] mine = cells.computeIfAbsent(keys, _ -> zeros());
          for (int i = 0; i < sums.length; i++) {
            mine[i].add(sums[i]);
          }
        });
  }

  /** Draws the noise once for each sum, in the order of the keys. */
  public Noisy release(Draws draws) {
    SortedMap<List<String>, List<BigInteger>> noisy = new TreeMap<>(IN_ORDER);
    cells.forEach(
        (keys, sums) -> {
          List<BigInteger> drawn = new ArrayList<>();
          for (Part part : plan.parts()) {
            for (int i = 0; i < part.slots(); i++) {
              drawn.add(sums[part.first() + i].release(part.noise(), draws));
            }
          }
          if (!query.privateKeys()
              || drawn.get(plan.counting().first()).compareTo(plan.threshold()) >= 0) {
            noisy.put(keys, List.copyOf(drawn));
          }
        });
    return new Noisy(noisy);
  }

  @Override
  public String toString() {
    return "Tally[redacted]";
  }
}
