package io.contextkeep.architecture;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Rules about the program's classes, each a test of Jupiter's: ArchUnit's own engine would run them
 * before all other tests, and nothing beside them.
 */
interface Rules {
  @TestFactory
  default Stream<DynamicTest> rules() {
    return Stream.<Member>concat(
            Stream.of(getClass().getDeclaredFields()), Stream.of(getClass().getDeclaredMethods()))
        .filter(member -> ((AccessibleObject) member).isAnnotationPresent(ArchTest.class))
        .map(member -> dynamicTest(member.getName(), () -> check(member)));
  }

  private static void check(Member member) throws Throwable {
    ((AccessibleObject) member).setAccessible(true);
    try {
      switch (member) {
        case Field rule -> ((ArchRule) rule.get(null)).check(Program.CLASSES);
        case Method check -> check.invoke(null, Program.CLASSES);
        default -> throw new IllegalArgumentException(member.getName());
      }
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
