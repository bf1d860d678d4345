package io.contextkeep.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Instruction;
import java.lang.classfile.constantpool.StringEntry;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;

/**
 * The use of Java's regular expressions, which backtrack: only with the vault's own patterns,
 * without nested repeats. Patterns from outside are compiled by one class.
 */
final class PatternsTest implements Rules {
  /** The methods whose last arguments are a pattern, and perhaps a number. */
  private static final Set<String> WITH_PATTERN =
      Set.of(
          "java/util/regex/Pattern.compile",
          "java/util/regex/Pattern.matches",
          "java/lang/String.matches",
          "java/lang/String.split");

  /** The classes that choose between the program's own patterns, or compose one. */
  private static final Set<String> CHOOSING =
      Set.of(
          "io.contextkeep.ontology.Urns",
          "io.contextkeep.ontology.sparql.Parameter$Type",
          "io.contextkeep.vault.web.Routes",
          "io.contextkeep.vault.rights.RulePacks");

  private static final Pattern REPEAT_IN_A_REPEAT =
      Pattern.compile("\\([^()]*(?:[*+]|\\{[0-9]*,})[^()]*\\)(?:[*+]|\\{[0-9]*,})");

  @ArchTest
  static final ArchRule patternsFromOutside_areMatchedInOnePlace =
      noClasses()
          .that()
          .doNotHaveSimpleName("LinearPattern")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("com.google.re2j..");

  /**
   * Checks that schemas are compiled in one place; elsewhere their patterns would use Java's
   * regular expressions.
   */
  @ArchTest
  static final ArchRule schemasFromOutside_areCompiledInOnePlace =
      noClasses()
          .that()
          .doNotHaveSimpleName("LinearPattern")
          .and()
          .doNotHaveFullyQualifiedName("io.contextkeep.vault.registry.ValueRule")
          .and()
          .haveNameNotMatching("io\\.contextkeep\\.policy\\.Catalogue(\\$.*)?")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("com.networknt..");

  @ArchTest
  static void javasExpressions_areConstantsOfTheProgram(JavaClasses program) {
    Set<String> others = new TreeSet<>();
    eachCall(
        program,
        (owner, before) -> {
          Iterator<Instruction> latest = before.descendingIterator();
          latest.next();
          boolean last = isText(latest.next());
          if (!last && !isText(latest.next())) {
            others.add(owner.getName());
          }
        });
    assertThat(others).isEqualTo(CHOOSING);
  }

  @ArchTest
  static void noPatternOfTheProgram_repeatsARepeat(JavaClasses program) {
    Set<String> found = new TreeSet<>();
    for (JavaClass owner : program) {
      model(owner)
          .constantPool()
          .forEach(
              entry -> {
                if (entry instanceof StringEntry text
                    && REPEAT_IN_A_REPEAT.matcher(text.stringValue()).find()) {
                  found.add(text.stringValue());
                }
              });
    }
    assertThat(found)
        .as("each repeat begins with a character that cannot end the one before")
        .containsExactlyInAnyOrder("[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*");
  }

  private static boolean isText(Instruction instruction) {
    return instruction instanceof ConstantInstruction constant
        && constant.constantValue() instanceof String;
  }

  private static void eachCall(
      JavaClasses program, BiConsumer<JavaClass, Deque<Instruction>> found) {
    for (JavaClass owner : program) {
      model(owner)
          .methods()
          .forEach(
              method ->
                  method
                      .code()
                      .ifPresent(
                          code -> {
                            Deque<Instruction> before = new ArrayDeque<>();
                            for (CodeElement element : code) {
                              if (element instanceof Instruction instruction) {
                                before.add(instruction);
                                if (instruction instanceof InvokeInstruction call
                                    && WITH_PATTERN.contains(
                                        call.owner().asInternalName()
                                            + "."
                                            + call.name().stringValue())) {
                                  found.accept(owner, before);
                                }
                              }
                            }
                          }));
    }
  }

  private static ClassModel model(JavaClass item) {
    try (InputStream in = item.getSource().orElseThrow().getUri().toURL().openStream()) {
      return ClassFile.of().parse(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
