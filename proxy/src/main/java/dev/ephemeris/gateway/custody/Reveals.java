package dev.ephemeris.gateway.custody;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Reads a {@link Secret}. What doesn't say so doesn't compile. */
@Target({ElementType.METHOD, ElementType.CONSTRUCTOR})
@Retention(RetentionPolicy.CLASS)
public @interface Reveals {

  /** What for. */
  String value();
}
