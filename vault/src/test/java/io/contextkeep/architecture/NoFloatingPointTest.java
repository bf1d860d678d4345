package io.contextkeep.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Instruction;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * The absence of floating point between a customer's value and its noise: no type, no call and no
 * instruction. Attacks on such mechanisms exploit rounding (Mironov 2012; Casacuberta and others
 * 2022).
 */
final class NoFloatingPointTest implements Rules {
  private static final Set<String> BOXES = Set.of("java/lang/Double", "java/lang/Float");

  /**
   * The only classes that may use floating point: they describe parameters and noisy numbers, and
   * decide nothing. {@link ArchitectureTest} holds that they never see data.
   */
  static final String REPORTS =
      "io\\.contextkeep\\.vault\\.analytics\\."
          + "(Answers|BudgetStanding|Chart|Costs|Epsilon|Margin|Needed|Quantiles|Range)(\\$.*)?";

  @ArchTest
  static final ArchRule nothingBetweenDataAndNoise_isFloatingPoint =
      classes()
          .that()
          .resideInAPackage("..vault.analytics..")
          .and()
          .haveNameNotMatching(REPORTS)
          .should(useNoFloatingPoint());

  @ArchTest
  static final ArchRule noNoise_comesFromAnythingButTheSamplers =
      noClasses()
          .that()
          .resideInAPackage("..vault.analytics..")
          .should()
          .dependOnClassesThat()
          .haveNameMatching(
              "java.util.Random|java.util.SplittableRandom|java.util.concurrent.ThreadLocalRandom|"
                  + "java.util.random\\..*|org.apache.commons.math.*");

  @Test
  void aSumThroughADouble_isNoticed() {
    ArchRule rule = classes().should(useNoFloatingPoint());

    assertThatThrownBy(() -> rule.check(new ClassFileImporter().importClasses(Rounded.class)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("add");
    assertThatThrownBy(() -> rule.check(new ClassFileImporter().importClasses(Called.class)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("BigDecimal");
  }

  /** A whole number outside, a fraction of 53 bits inside. */
  static final class Rounded {
    static long add(long sum, long more) {
      return (long) (0.5 * sum + 0.5 * more) * 2;
    }
  }

  /** A double that is only on the stack of a call. */
  static final class Called {
    static long whole(java.math.BigDecimal value) {
      return Double.doubleToRawLongBits(value.doubleValue());
    }
  }

  private static ArchCondition<JavaClass> useNoFloatingPoint() {
    return new ArchCondition<>("use no floating point") {
      @Override
      public void check(JavaClass item, ConditionEvents events) {
        ClassModel model = model(item);
        model.fields().stream()
            .filter(field -> floating(field.fieldType().stringValue()))
            .forEach(field -> report(events, item, field.fieldName().stringValue()));
        model.methods().forEach(method -> checkMethod(item, method, events));
      }
    };
  }

  private static void checkMethod(JavaClass item, MethodModel method, ConditionEvents events) {
    String name = method.methodName().stringValue();
    if (floating(method.methodType().stringValue())) {
      report(events, item, name);
    }
    method
        .code()
        .ifPresent(
            code -> {
              for (CodeElement element : code) {
                if (element instanceof Instruction instruction && floating(instruction)) {
                  report(events, item, name + " by " + instruction);
                }
              }
            });
  }

  private static boolean floating(Instruction instruction) {
    return switch (instruction) {
      case InvokeInstruction call ->
          floating(call.type().stringValue()) || BOXES.contains(call.owner().asInternalName());
      case FieldInstruction field -> floating(field.type().stringValue());
      default -> floating(instruction.opcode());
    };
  }

  /** Matches DADD, FMUL, I2D, DCONST_1, …; instructions of other types have other names. */
  private static boolean floating(Opcode opcode) {
    String name = opcode.name().toUpperCase(Locale.ROOT);
    return name.matches(
            "[DF](ADD|SUB|MUL|DIV|REM|NEG|CMP[GL]|CONST_.*|LOAD.*|STORE.*|RETURN|ALOAD|ASTORE)")
        || name.matches("[ILDF]2[DF]|[DF]2[IL]|DALOAD|DASTORE|FALOAD|FASTORE");
  }

  private static boolean floating(String descriptor) {
    String plain = descriptor.replaceAll("L[^;]*;", "");
    return plain.contains("D")
        || plain.contains("F")
        || BOXES.stream().anyMatch(box -> descriptor.contains("L" + box + ";"));
  }

  private static void report(ConditionEvents events, JavaClass item, String where) {
    events.add(SimpleConditionEvent.violated(item, item.getName() + " uses it in " + where));
  }

  private static ClassModel model(JavaClass item) {
    try (InputStream in = item.getSource().orElseThrow().getUri().toURL().openStream()) {
      return ClassFile.of().parse(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
