package io.contextkeep.vault.web;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The bounds of a text in a request record. The vault does not start without them, see {@link
 * BodyReader}. Lengths are in Unicode code points, as in JSON Schema.
 */
@Target(ElementType.TYPE_USE)
@Retention(RetentionPolicy.RUNTIME)
public @interface Text {
  /** The most characters. */
  int max();

  /** The fewest characters; a text of blanks alone is taken only where this is 0. */
  int min() default 1;

  /** The regular expression that the whole text matches; any text by default. */
  String pattern() default "";

  /** The expected form for the problem's detail, such as "a code such as ck:SourceVerified". */
  String expected() default "";
}
