/**
 * Templates for a container of Cosmos DB, and for access to it: Bicep, Terraform, a rule of the
 * policy with its test, and a software template of Backstage. Pure: text from a request, no I/O but
 * for schemas that lie beside the classes.
 *
 * <pre>{@code
 * TemplateRequest request = TemplateRequest.parse(json);        // every field by an allow-list
 * Template made = new Templates(policy.roles()).make(TemplateKind.BICEP, request);
 * made.files().forEach(file -> show(file.name(), file.text()));
 * made.notes().forEach(note -> tell(note));
 * }</pre>
 *
 * <pre>{@code
 * TemplateRequest ─► Bicep, HCL or YAML as a tree ─► text ─► read again ─► the same tree?
 *       ▲                                                                      │
 *       └───────────── the same request? ◄── what the tree says ◄──────────────┘
 * }</pre>
 *
 * <p>Nothing is returned that didn't come back so. The tree is what is compared, made anew from
 * what it says: so there is nothing in it that the request didn't ask for.
 */
@NullMarked
package dev.ephemeris.gateway.template;

import org.jspecify.annotations.NullMarked;
