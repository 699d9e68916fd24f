package dev.ephemeris.policy.yaml;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A record whose section may name a preset, by the key {@value #KEY}: its keys stand for those that
 * the section leaves out, in sections within too. The record itself never learns of it.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Presets {

  String KEY = "preset";

  /** An enum, whose constants are the presets, by their names in lower case. */
  Class<? extends Preset> value();

  /** What one preset fills in. */
  interface Preset {

    /** The keys and values, as YAML. */
    String yaml();
  }
}
