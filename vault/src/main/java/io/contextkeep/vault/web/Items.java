package io.contextkeep.vault.web;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The bounds of a list or map in a request record. The vault does not start without them, see
 * {@link BodyReader}.
 */
@Target(ElementType.TYPE_USE)
@Retention(RetentionPolicy.RUNTIME)
public @interface Items {
  /** The most items. */
  int max();

  /** The fewest items. */
  int min() default 0;
}
