package io.contextkeep.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/**
 * The size of methods and constructors. A record that is a row or a document has as many components
 * as that has fields; a record of services has the limit of a class.
 */
final class ShapesTest {
  private static final Path ROOT = Path.of(System.getProperty("contextkeep.root"));
  private static final int MAX_LINES = 60;
  private static final int MAX_PARAMETERS = 8;

  @Test
  void methodsHaveAtMostSixtyLines_andConstructorsAtMostEightParameters() throws IOException {
    TreeMap<String, Integer> tooLong = new TreeMap<>();
    TreeMap<String, Integer> tooMany = new TreeMap<>();
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null, files, null, null, null, files.getJavaFileObjectsFromFiles(sources()));
      SourcePositions positions = Trees.instance(task).getSourcePositions();
      for (CompilationUnitTree unit : task.parse()) {
        new Measure(unit, positions, tooLong, tooMany).scan(unit, null);
      }
    }
    assertThat(tooLong).as("lines of methods").isEmpty();
    assertThat(tooMany).as("parameters of constructors").isEmpty();
  }

  private static List<File> sources() throws IOException {
    List<File> all = new ArrayList<>();
    for (String module : List.of("ontology", "policy", "audit", "federation-client", "vault")) {
      try (Stream<Path> found = Files.walk(ROOT.resolve(module).resolve("src/main/java"))) {
        found.filter(file -> file.toString().endsWith(".java")).map(Path::toFile).forEach(all::add);
      }
    }
    return all;
  }

  private static final class Measure extends TreeScanner<Void, Void> {
    private final CompilationUnitTree unit;
    private final SourcePositions positions;
    private final TreeMap<String, Integer> tooLong;
    private final TreeMap<String, Integer> tooMany;
    private String owner = "";

    Measure(
        CompilationUnitTree unit,
        SourcePositions positions,
        TreeMap<String, Integer> tooLong,
        TreeMap<String, Integer> tooMany) {
      this.unit = unit;
      this.positions = positions;
      this.tooLong = tooLong;
      this.tooMany = tooMany;
    }

    @Override
    public Void visitClass(ClassTree type, Void unused) {
      String outer = owner;
      owner = owner + "." + type.getSimpleName();
      boolean isRecord = type.getKind() == Tree.Kind.RECORD;
      for (Tree member : type.getMembers()) {
        if (member instanceof MethodTree method) {
          measure(method, isRecord);
        }
      }
      super.visitClass(type, unused);
      owner = outer;
      return null;
    }

    private void measure(MethodTree method, boolean ofRecord) {
      String name = unit.getPackageName() + owner + "." + method.getName();
      long lines = line(end(method)) - line(start(method)) + 1;
      if (lines > MAX_LINES) {
        tooLong.put(name, (int) lines);
      }
      boolean isConstructor = method.getName().contentEquals("<init>");
      if (isConstructor && !ofRecord && method.getParameters().size() > MAX_PARAMETERS) {
        tooMany.put(name, method.getParameters().size());
      }
    }

    private long start(Tree tree) {
      return positions.getStartPosition(unit, tree);
    }

    private long end(Tree tree) {
      return positions.getEndPosition(unit, tree);
    }

    private long line(long position) {
      LineMap lines = unit.getLineMap();
      return position < 0 ? 0 : lines.getLineNumber(position);
    }
  }
}
