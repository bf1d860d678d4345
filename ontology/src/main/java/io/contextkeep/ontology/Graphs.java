package io.contextkeep.ontology;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
import org.apache.jena.tdb2.sys.TDBInternal;

/**
 * A directory of graphs (Jena TDB2). Work happens inside {@link #read} and {@link #write}, each one
 * transaction on the calling thread; no model or dataset may leave them. What is written passes
 * {@link PiiGuard}.
 *
 * <p>Deleting is not forgetting here: names and words stay in the files until {@link #compact}. One
 * process at a time may open a directory, and a thread that is in here must not be interrupted:
 * that closes the files under every other thread's feet.
 */
public final class Graphs implements AutoCloseable {
  private static final String GENERATION = "Data-[0-9]+";

  private final Path directory;
  private final DatasetGraph store;

  private Graphs(Path directory, DatasetGraph store) {
    this.directory = directory;
    this.store = store;
  }

  /** Opens the directory, which exists; an empty one becomes an empty store. */
  public static Graphs open(Path directory) {
    DatasetGraph store = DatabaseMgr.connectDatasetGraph(directory.toString());
    deleteAllButTheLast(generations(directory));
    return new Graphs(directory, store);
  }

  /** How often the store was compacted and still has the files: 1 where all is well. */
  public static int countGenerations(Path directory) {
    return generations(directory).size();
  }

  public <T> T read(Function<Dataset, T> work) {
    return Txn.calculateRead(store, () -> work.apply(DatasetFactory.wrap(store)));
  }

  /** What a transaction may do to the graphs. */
  public interface Draft {

    /** Adds the triples to the graph of that name; what it holds already stays. */
    void add(NamedGraph graph);

    /** Removes the customer's graph. */
    void remove(SubjectId subject);
  }

  /**
   * Runs the work in one transaction: all of it is on disk when this returns, or none.
   *
   * @throws PiiRefused if something in it has no place in a graph
   */
  public void write(Consumer<Draft> work) {
    Txn.executeWrite(store, () -> work.accept(new GuardedDraft()));
  }

  /**
   * Copies what is live and deletes the old files, so that what was removed is on disk no more.
   *
   * @throws IllegalStateException if old files remain
   */
  public void compact() {
    DatabaseMgr.compact(store, true);
    int generations = countGenerations(directory);
    if (generations != 1) {
      throw new IllegalStateException(
          "After compaction there are " + generations + " generations of files instead of 1");
    }
  }

  /** The bytes of its files, with all that was replaced or removed since they were compacted. */
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

  /** A copy gets its name when it is whole: a crash after that leaves the old files beside it. */
  private static void deleteAllButTheLast(List<Path> generations) {
    for (Path old : generations.subList(0, Math.max(0, generations.size() - 1))) {
      deleteTree(old);
    }
  }

  /** Deletes the directory and all in it. */
  public static void deleteTree(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("A directory of the graphs cannot be deleted", e);
    }
  }
}
