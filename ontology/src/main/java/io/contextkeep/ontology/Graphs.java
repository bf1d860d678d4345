package io.contextkeep.ontology;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.jena.graph.Node;
import org.apache.jena.graph.NodeFactory;
import org.apache.jena.query.Dataset;
import org.apache.jena.query.DatasetFactory;
import org.apache.jena.sparql.core.DatasetGraph;
import org.apache.jena.system.Txn;
import org.apache.jena.tdb2.DatabaseMgr;
import org.apache.jena.tdb2.params.StoreParams;
import org.apache.jena.tdb2.sys.TDBInternal;

/**
 * A directory of graphs (Jena TDB2). Work happens inside {@link #read} and {@link #write}, each a
 * transaction on the calling thread; models and datasets must not leave them. {@link PiiGuard}
 * checks whatever is written.
 *
 * <p>Deleted triples stay in the files until {@link #compact}. Only one process may open a
 * directory. A thread in here must not be interrupted, which would close the files for every other
 * thread.
 */
public final class Graphs implements AutoCloseable {
  private static final String GENERATION = "Data-[0-9]+";

  /** A copy that is being made. */
  private static final String UNFINISHED = "copy";

  /**
   * The form of the files. Whatever is known of a statement, one index begins with it; but a graph
   * is small, so that within one no order but that of its subjects is kept.
   */
  private static final StoreParams FORM =
      StoreParams.builder("contextkeep")
          .quadIndexes(new String[] {"GSPO", "SPOG", "POSG", "OSPG"})
          .build();

  private final Path directory;
  private DatasetGraph store;

  private Graphs(Path directory, DatasetGraph store) {
    this.directory = directory;
    this.store = store;
  }

  /** Opens an existing directory; an empty one becomes an empty store. */
  public static Graphs open(Path directory) {
    deleteTree(directory.resolve(UNFINISHED));
    List<Path> generations = generations(directory);
    deleteAllButTheLast(generations);
    return new Graphs(
        directory,
        connect(generations.isEmpty() ? generation(directory, 1) : generations.getLast()));
  }

  private static DatasetGraph connect(Path generation) {
    try {
      Files.createDirectories(generation);
    } catch (IOException e) {
      throw new UncheckedIOException("The directory of the graphs cannot be made", e);
    }
    return DatabaseMgr.connectDatasetGraph(generation.toString(), FORM);
  }

  private static Path generation(Path directory, int number) {
    return directory.resolve("Data-%04d".formatted(number));
  }

  /** Returns the number of generations of files; 1 is normal. */
  public static int countGenerations(Path directory) {
    return generations(directory).size();
  }

  public <T> T read(Function<Dataset, T> work) {
    return Txn.calculateRead(store, () -> work.apply(DatasetFactory.wrap(new UnfoldedView(store))));
  }

  /** The writes of a transaction. */
  public interface Draft {

    /** Adds triples to a graph. */
    void add(NamedGraph graph);

    /** Adds the record of an event to the graph of its customer. */
    void add(ConsentEvent event);

    /** Removes a customer's graph. */
    void remove(SubjectId subject);
  }

  /**
   * Runs work in one transaction: when this returns, all of it is on disk, or nothing.
   *
   * @throws PiiRefused if something in it has no place in a graph
   */
  public void write(Consumer<Draft> work) {
    Txn.executeWrite(store, () -> work.accept(new GuardedDraft()));
  }

  /**
   * Copies the live statements into new files and deletes the old ones, so that what was removed
   * leaves the disk. Nobody may read meanwhile.
   *
   * <p>The store's own compaction is not used: it gives the copy an index for every order.
   */
  public void compact() {
    Path old = generations(directory).getLast();
    Path copy = directory.resolve(UNFINISHED);
    deleteTree(copy);
    copyTo(copy);
    TDBInternal.expel(store, true);
    Path next = generation(directory, number(old) + 1);
    try {
      Files.move(copy, next, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException("The compacted graphs cannot be put in their place", e);
    } finally {
      store = connect(generations(directory).getLast());
    }
    deleteTree(old);
  }

  private void copyTo(Path files) {
    DatasetGraph copy = connect(files);
    try {
      Txn.executeRead(store, () -> Txn.executeWrite(copy, () -> FoldedConsents.copy(store, copy)));
    } finally {
      TDBInternal.expel(copy, true);
    }
  }

  private static int number(Path generation) {
    return Integer.parseInt(generation.getFileName().toString().substring("Data-".length()));
  }

  /** Returns the bytes of the files, including what was removed since they were compacted. */
  public long size() {
    try (Stream<Path> files = Files.walk(generations(directory).getLast())) {
      return files.mapToLong(file -> file.toFile().length()).sum();
    } catch (IOException e) {
      throw new UncheckedIOException("The files of the graphs cannot be listed", e);
    }
  }

  @Override
  public void close() {
    TDBInternal.expel(store, true);
  }

  private final class GuardedDraft implements Draft {
    private final FoldedConsents consents = new FoldedConsents(store);

    @Override
    public void add(ConsentEvent event) {
      consents.add(event);
    }

    @Override
    public void add(NamedGraph graph) {
      Node name = NodeFactory.createURI(graph.name());
      PiiGuard.check(name, () -> graph.triples().find());
      graph
          .triples()
          .find()
          .forEachRemaining(t -> store.add(name, t.getSubject(), t.getPredicate(), t.getObject()));
    }

    @Override
    public void remove(SubjectId subject) {
      store.removeGraph(NodeFactory.createURI(Urns.subject(subject)));
    }
  }

  private static List<Path> generations(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.getFileName().toString().matches(GENERATION))
          .sorted(Comparator.comparing(Path::getFileName))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("The directory of the graphs cannot be listed", e);
    }
  }

  /** Renames a complete copy; a crash afterwards leaves the old files beside it. */
  private static void deleteAllButTheLast(List<Path> generations) {
    for (Path old : generations.subList(0, Math.max(0, generations.size() - 1))) {
      deleteTree(old);
    }
  }

  /** Deletes the directory and all in it. */
  public static void deleteTree(Path directory) {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("A directory of the graphs cannot be deleted", e);
    }
  }
}
