package io.contextkeep.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.constantpool.ConstantPool;
import java.lang.classfile.constantpool.StringEntry;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The SQL in the program's class files. The compiler folds constants, so that a statement that is
 * written in pieces is one text in the code that uses it.
 */
public final class SqlTexts {
  /** The package whose statements are for SQLite only. */
  private static final Set<String> ABOUT_THE_FILE =
      Set.of("io.contextkeep.audit.verify.DatabaseAttacks");

  private static final Pattern STATEMENT =
      Pattern.compile(
          "\\s*(SELECT|WITH \\w+ AS|INSERT|REPLACE INTO|UPDATE \\w+\\s+SET|DELETE FROM|PRAGMA"
              + "|VACUUM|CREATE (TABLE|UNIQUE INDEX|INDEX|VIEW)|ALTER TABLE)\\b.*",
          Pattern.DOTALL);

  private static final Pattern ROWS =
      Pattern.compile("\\s*(SELECT|WITH|INSERT|REPLACE|UPDATE|DELETE)\\b");

  private static final Pattern PIECE =
      Pattern.compile(
          "\\b(SELECT|FROM|WHERE|VALUES|ON CONFLICT|ORDER BY|GROUP BY|UNION ALL|JOIN|LIMIT|SET)\\b"
              + "|\\bAND\\b| = \\?");

  private static final Pattern NEW =
      Pattern.compile("\\b(CREATE (TABLE|UNIQUE INDEX|INDEX|VIEW)|ALTER TABLE)\\b");

  private static final Pattern NEW_TABLE = Pattern.compile("\\bCREATE TABLE (\\w+)");

  private static final Pattern FILLED = Pattern.compile("\\bINSERT INTO (\\w+)");

  private static final Pattern TABLE = Pattern.compile("\\b(?:FROM|JOIN|INTO|UPDATE)\\s+(\\w+)");

  /** The syntax that PostgreSQL refuses or interprets differently, with the reason. */
  static final Pattern ONLY_SQLITE =
      Pattern.compile(
          String.join(
              "|",
              // SQLite's own statements.
              "\\b(PRAGMA|VACUUM|REPLACE INTO|INSERT OR|UPDATE OR|INDEXED BY|AUTOINCREMENT)\\b",
              "\\b(WITHOUT ROWID|GLOB|REGEXP|MATCH|COLLATE NOCASE|LIMIT -1)\\b",
              // SQLite's row numbers and its own tables.
              "\\b(rowid|_rowid_|oid|sqlite_\\w+|pragma_\\w+|last_insert_rowid|changes)\\b",
              // SQLite's functions.
              "\\b(json_?\\w*|group_concat|ifnull|iif|instr|hex|unhex|quote|printf|format|char"
                  + "|unicode|strftime|date|time|datetime|julianday|unixepoch|timediff|typeof|total"
                  + "|random|randomblob|zeroblob|likely|unlikely|likelihood|soundex|glob|like)\\(",
              // Text is in single quotes; bytes and variable numbers are parameters.
              "\"|\\bx'|\\?\\d|[:@$]\\w+\\b|==",
              // A join in the order of its tables has its condition in WHERE.
              "\\bCROSS JOIN \\w+( \\w+)? ON\\b",
              // The conflicting columns must be stated if the row is changed.
              "\\bON CONFLICT DO UPDATE\\b",
              // A parameter alone has no type.
              "\\? IS (NOT )?NULL|\\bIS (NOT )?\\?",
              // max is an aggregate only; the greatest of several arguments has another name.
              "\\b(max|min)\\([^()]*,"),
          Pattern.CASE_INSENSITIVE);

  private static final JavaClasses PROGRAM =
      Program.CLASSES.that(resideInAnyPackage("..contextkeep.vault..", "..contextkeep.audit.."));

  /** The placeholder of an argument in a text that is composed at run time. */
  private static final String ARGUMENT = "\u0001";

  /**
   * A text that is used in code.
   *
   * @param owner the full name of the outermost class
   */
  public record Text(String owner, String sql) {
    public boolean isStatement() {
      return STATEMENT.matcher(sql).matches();
    }

    /** Returns whether it is only a fragment of a statement, or has a place for one. */
    boolean isPiece() {
      boolean hasPlace = sql.contains(ARGUMENT) || sql.contains("%s") || sql.contains("%d");
      return isStatement() ? hasPlace : PIECE.matcher(sql).find();
    }

    /** Returns whether it reads or changes rows, unlike the setup of tables and the store. */
    public boolean isAboutRows() {
      return isStatement() && ROWS.matcher(sql).lookingAt();
    }

    /** Returns whether it has SQLite-only syntax and is not about the tables. */
    public boolean isSqlites() {
      return !NEW.matcher(sql).find() && ONLY_SQLITE.matcher(oneLine()).find();
    }

    private String oneLine() {
      return sql.replaceAll("\\s+", " ");
    }

    public boolean isOf(String part) {
      return owner.startsWith(part + ".");
    }

    String home() {
      return owner.substring(0, owner.lastIndexOf('.'));
    }

    /** Returns the owner's simple name. */
    String name() {
      return owner.substring(owner.lastIndexOf('.') + 1);
    }

    /** Returns the names in the places of tables. */
    public Set<String> tables() {
      return names(TABLE, sql);
    }

    /** Returns the table that it inserts into. */
    Set<String> filled() {
      return names(FILLED, sql);
    }

    @Override
    public String toString() {
      return owner + ": " + oneLine().replace(ARGUMENT, "{}");
    }
  }

  private SqlTexts() {}

  /** Returns every text with SQL that the vault and its log use. */
  public static List<Text> all() {
    return Found.ALL;
  }

  /** All texts, read once: it takes seconds. */
  private static final class Found {
    static final List<Text> ALL = read();

    private Found() {}
  }

  private static List<Text> read() {
    List<Text> all = new ArrayList<>();
    for (JavaClass item : PROGRAM) {
      String owner = item.getName().replaceFirst("\\$.*", "");
      if (!ABOUT_THE_FILE.contains(owner)) {
        texts(model(item))
            .distinct()
            .map(text -> new Text(owner, text))
            .filter(text -> text.isStatement() || text.isPiece())
            .forEach(all::add);
      }
    }
    return List.copyOf(all);
  }

  /** Returns the tables that classes create, unlike those of the migrations' files. */
  public static Set<String> madeTables() {
    Set<String> tables = new TreeSet<>();
    for (JavaClass item : PROGRAM) {
      ConstantPool pool = model(item).constantPool();
      pool.forEach(
          entry -> {
            if (entry instanceof StringEntry text) {
              tables.addAll(names(NEW_TABLE, text.stringValue()));
            }
          });
    }
    return tables;
  }

  static Set<String> madeTables(String schema) {
    return names(NEW_TABLE, schema);
  }

  private static Set<String> names(Pattern pattern, String text) {
    Set<String> names = new TreeSet<>();
    Matcher found = pattern.matcher(text);
    while (found.find()) {
      names.add(found.group(1));
    }
    return names;
  }

  private static Stream<String> texts(ClassModel item) {
    return item.methods().stream()
        .flatMap(method -> method.code().stream())
        .flatMap(code -> StreamSupport.stream(code.spliterator(), false))
        .flatMap(SqlTexts::texts);
  }

  private static Stream<String> texts(CodeElement element) {
    return switch (element) {
      case ConstantInstruction loaded when loaded.constantValue() instanceof String text ->
          Stream.of(text);
      case InvokeDynamicInstruction joined ->
          joined.bootstrapArgs().stream().filter(String.class::isInstance).map(String.class::cast);
      default -> Stream.empty();
    };
  }

  private static ClassModel model(JavaClass item) {
    try (InputStream in = item.getSource().orElseThrow().getUri().toURL().openStream()) {
      return ClassFile.of().parse(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
