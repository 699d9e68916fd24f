/**
 * Strict reading of YAML files into records.
 *
 * <p>A file that decides who may do what must not be read leniently, and its author must be told
 * everything that is wrong with it at once, by line and column. So the syntax tree, which knows the
 * positions, is bound to records directly:
 *
 * <pre>{@code
 * record Listener(@Default("127.0.0.1") String host, int port) {}
 *
 * Listener listener = YamlFile.read("listener.yaml", "port: 8081", Listener.class);
 * // "prot: 8081" throws a YamlException whose message is
 * // listener.yaml:1:1: missing key 'port'
 * // listener.yaml:1:1: unknown key 'prot'; expected one of host, port; did you mean 'port'?
 * }</pre>
 *
 * <p>{@link YamlFile} reads, {@link Problem} says what is wrong and where, {@link YamlException}
 * carries the problems, {@link Key}, {@link Default} and {@link Presets} say how a section is
 * written, {@link InvalidField} lets a record's constructor point at one of its fields, and {@link
 * Suggestion} words what was probably meant.
 */
@NullMarked
package dev.ephemeris.policy.yaml;

import org.jspecify.annotations.NullMarked;
