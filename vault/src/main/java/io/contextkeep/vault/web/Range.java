package io.contextkeep.vault.web;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The bounds of a whole number in a request record; those of its Java type by default. */
@Target(ElementType.TYPE_USE)
@Retention(RetentionPolicy.RUNTIME)
public @interface Range {
  /** The smallest number. */
  long min() default Long.MIN_VALUE;

  /** The largest number. */
  long max() default Long.MAX_VALUE;
}
