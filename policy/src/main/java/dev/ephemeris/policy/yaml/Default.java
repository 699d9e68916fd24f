package dev.ephemeris.policy.yaml;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What a record component is when the file leaves it out, written as it would stand in the file.
 *
 * <p>The default of a section also fills the keys that a section in the file leaves out: with
 * {@code @Default("{host: 127.0.0.1, port: 8081}")}, the file may give only the host.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Default {

  /** The value, as YAML. */
  String value();
}
