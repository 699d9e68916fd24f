// Reads templates with parsers that aren't the gateway's: a list of {kind, text, values} comes in as
// JSON, and for each what it says goes out.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { Language, Parser } from "web-tree-sitter";
import hcl from "@cdktn/hcl2json";
import nunjucks from "nunjucks";

const require = createRequire(import.meta.url);
await Parser.init();
const bicepParser = new Parser();
bicepParser.setLanguage(
  await Language.load(require.resolve("tree-sitter-bicep/tree-sitter-bicep.wasm")),
);

/** The declarations, by kind and name, and every literal as what it means. */
function bicep(text) {
  const root = bicepParser.parse(text).rootNode;
  if (root.hasError) {
    return { error: "syntax" };
  }
  const declarations = root.namedChildren
    .filter((node) => node.type !== "comment" && node.type !== "decorators")
    .map((node) => `${node.type} ${node.namedChildren.find((it) => it.type === "identifier")?.text}`);
  const literals = [];
  walk(root, (node) => {
    if (node.type === "string") {
      literals.push(node.namedChildren.map(part).join(""));
    }
  });
  return { declarations, literals };
}

function part(node) {
  switch (node.type) {
    case "string_content":
      return node.text;
    case "escape_sequence":
      return escape(node.text);
    case "interpolation":
      return `<${node.text.slice(2, -1)}>`;
    default:
      throw new Error(`a literal with ${node.type}`);
  }
}

function escape(text) {
  if (text.startsWith("\\u{")) {
    return String.fromCodePoint(Number.parseInt(text.slice(3, -1), 16));
  }
  return { n: "\n", r: "\r", t: "\t" }[text[1]] ?? text[1];
}

function walk(node, visit) {
  visit(node);
  node.namedChildren.forEach((child) => walk(child, visit));
}

/** What HashiCorp's own parser makes of it, in which a literal's ${ is written $${. */
async function terraform(text) {
  try {
    return { value: await hcl.parse("template.tf", text) };
  } catch (e) {
    return { error: String(e) };
  }
}

/** As Backstage's scaffolder sets it up. */
function render(text, values) {
  const environment = new nunjucks.Environment(null, {
    autoescape: false,
    tags: { variableStart: "${{", variableEnd: "}}" },
  });
  return { text: environment.renderString(text, { values }) };
}

const asked = JSON.parse(readFileSync(0, "utf8"));
const answers = [];
for (const { kind, text, values } of asked) {
  answers.push(
    kind === "bicep"
      ? bicep(text)
      : kind === "terraform"
        ? await terraform(text)
        : render(text, values),
  );
}
process.stdout.write(JSON.stringify(answers));
