package dev.ephemeris.gateway.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bicep, HCL, YAML and Nunjucks are read as what templates use of them, and nothing else is. */
class ReadersTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "output key string = account.listKeys().primaryMasterKey\n",
        "module other 'other.bicep' = {\n}\n",
        "resource a 'x' = if (true) {\n}\n",
        "resource a 'x' = [for i in range(0, 2): {\n}]\n",
        "resource a 'x' = {\n  name: 'a${b.c}'\n}\n",
        "resource a 'x' = {\n  name: '${b()}'\n}\n",
        "resource a 'x' = {\n  name: '''b'''\n}\n",
        "resource a 'x' = {\n  name: 'b\n'\n}\n",
        "resource a 'x' = {\n  name: '\\q'\n}\n",
        "resource a 'x' = {\n  name: '\\u{110000}'\n}\n",
        "resource a 'x' = {\n  name: '\\u{-1}'\n}\n",
        "resource a 'x' = {\n  name: 'b'\n  name: 'c'\n}\n",
        "resource a 'x' = {\n  name: 'b' /* c */\n}\n",
        "resource a 'x' = {\n  name: b ? c : d\n}\n",
        "resource a 'x' = {\n  'name': 'b'\n}\n",
        "resource a 'x' = {\n  name: 'b'\n",
        "resource a 'x' = {\n  name: 'b\n}\n",
        "// a\rresource a 'x' = {\n}\n",
        "// a\u2028resource a 'x' = {\n}\n",
        "@secure()\nparam a string\n",
        "param a string\n"
      })
  void refusesOtherBicep(String text) {
    assertThatThrownBy(() -> Bicep.read(text)).isInstanceOf(UnreadableTemplate.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a = 1\n",
        "resource a {\n}\n",
        "resource \"a\" \"b\" {\n  c = \"d${e.f}\"\n}\n",
        "resource \"a\" \"b\" {\n  c = \"%{ if true }d%{ endif }\"\n}\n",
        "resource \"a\" \"b\" {\n  c = \"${file(d)}\"\n}\n",
        "resource \"a\" \"b\" {\n  c = file(\"d\")\n}\n",
        "resource \"a\" \"b\" {\n  c = <<E\nd\nE\n}\n",
        "resource \"a\" \"b\" {\n  c = \"d\n\"\n}\n",
        "resource \"a\" \"b\" {\n  c = \"\\q\"\n}\n",
        "resource \"a\" \"b\" {\n  c = \"\\u12\"\n}\n",
        "resource \"a\" \"b\" {\n  c = \"\\U00110000\"\n}\n",
        "resource \"a\" \"b\" {\n  c = 1\n  c = 2\n}\n",
        "resource \"a\" \"b\" {\n  c = 1 /* d */\n}\n",
        "resource \"a\" \"b\" {\n  c = 1 + 2\n}\n",
        "resource \"a\" \"b\" {\n  c = [for d in e : d]\n}\n",
        "resource \"a\" \"b\" {\n  c = 1\n",
        "# a\rresource \"a\" \"b\" {\n}\n",
        "// a\n"
      })
  void refusesOtherHcl(String text) {
    assertThatThrownBy(() -> Hcl.read(text)).isInstanceOf(UnreadableTemplate.class);
  }

  @Test
  void readsEscapesAsTheLanguagesHaveThem() {
    assertThat(
            Bicep.read("resource a 'x' = {\n  b: '\\'\\\\\\n\\r\\t\\${c}\\u{1F600}$\\u{7b}'\n}\n")
                .resources()
                .getFirst()
                .body()
                .at("b"))
        .isEqualTo(new Value.Text("'\\\n\r\t${c}\ud83d\ude00${"));
    assertThat(
            Hcl.read("a {\n  b = \"\\\"\\\\\\n\\r\\t\\u0024{c}\\U0001F600\"\n}\n")
                .blocks()
                .getFirst()
                .attributes()
                .at("b"))
        .isEqualTo(new Value.Text("\"\\\n\r\t${c}\ud83d\ude00"));
  }

  @Test
  void tellsAnExpressionFromALiteral() {
    Value.Joined joined = new Value.Joined(new Value.Reference("a.id"), "/${b}'\"%{");
    Bicep bicep =
        new Bicep(
            List.of(new Bicep.Param("p", "string", "${d}", Optional.of(new Value.Text("${a.id}")))),
            List.of(
                new Bicep.Resource(
                    "r", "t", false, Value.Properties.with("scope", joined).done())));
    Hcl hcl =
        new Hcl(
            List.of(
                Hcl.Block.of(
                    "b",
                    Value.Properties.with("scope", joined).and("text", "${a.id}%{x}").done())));

    assertThat(Bicep.read(bicep.write(List.of("c\nresource x")))).isEqualTo(bicep);
    assertThat(Hcl.read(hcl.write(List.of("c\nresource x")))).isEqualTo(hcl);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a: 1\na: 2\n",
        "a: 1\n---\nb: 2\n",
        "- a\n",
        "a: {b: 1, b: 2}\n",
        "a: [\n",
        "a: b: c\n"
      })
  void refusesOtherYaml(String text) {
    assertThatThrownBy(() -> Yaml.read(text)).isInstanceOf(UnreadableTemplate.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "true",
        "No",
        "null",
        "~",
        "1",
        "1e3",
        "0x1f",
        "12:30",
        "2001-01-01",
        "a: b",
        "a #b",
        "- a",
        "*a",
        "&a",
        "!a",
        "{a",
        "[a",
        "'a",
        "\"a",
        "a:",
        ":a",
        "a\nb",
        " a",
        "",
        "%a",
        "@a",
        "`a",
        "? a",
        "=",
        "<<",
        "1h",
        "y",
        "a,b",
        "a]b",
        "\u2028",
        "\ud83d\ude00",
        "...",
        "---"
      })
  void everyTextStaysOneInYaml(String text) {
    Map<String, Object> map =
        Map.of("k", text, "l", List.of(text), "m", Map.of("n", List.of(text)));

    assertThat(Yaml.read(Yaml.write(List.of("c\nk: x"), map))).isEqualTo(map);
  }

  @Test
  void fillsInValuesOnly() {
    assertThat(Nunjucks.render("a ${{ values.b }} ${{ \"{\" }}% c", Map.of("b", "${{ x }}")))
        .isEqualTo("a ${{ x }} {% c");
    for (String other :
        List.of(
            "${{ b }}",
            "${{ values.c }}",
            "{% if x %}",
            "{# x #}",
            "${{ values.b | dump }}",
            "${{")) {
      assertThatThrownBy(() -> Nunjucks.render(other, Map.of("b", "x")))
          .isInstanceOf(UnreadableTemplate.class);
    }
  }

  @Test
  void schemasOfBackstageRefuse() {
    BackstageSchema schema = new BackstageSchema();
    Map<String, Object> template =
        Map.of(
            "apiVersion",
            "scaffolder.backstage.io/v1beta3",
            "kind",
            "Template",
            "metadata",
            Map.of("name", "a"),
            "spec",
            Map.of("type", "b", "steps", List.of(Map.of("action", "c"))));

    schema.requireTemplate(template);
    assertThatThrownBy(() -> schema.requireTemplate(TemplateSamples.without(template, "spec")))
        .isInstanceOf(UnreadableTemplate.class);
    assertThatThrownBy(
            () -> schema.requireTemplate(TemplateSamples.with(template, "relations", List.of(1))))
        .isInstanceOf(UnreadableTemplate.class);
    assertThatThrownBy(
            () ->
                schema.requireTemplate(
                    TemplateSamples.with(template, "metadata", Map.of("title", "a"))))
        .isInstanceOf(UnreadableTemplate.class);
    assertThatThrownBy(
            () ->
                schema.requireTemplate(
                    TemplateSamples.with(
                        template, "spec", Map.of("type", "b", "steps", List.of(Map.of())))))
        .isInstanceOf(UnreadableTemplate.class);
    assertThatThrownBy(() -> schema.requireResource(template))
        .isInstanceOf(UnreadableTemplate.class);
  }
}
