// Reads queries with Microsoft's own parser of Kusto queries. Standard input: {"tables": {name: "(column: type, …)"}, "queries": {name:
// text}}. Standard output: for each query what is wrong with it, the tables it reads, its strings, the fields it reads of `told`, and
// those among them that it casts, with the function.
const fs = require("node:fs");
const path = require("node:path");
const vm = require("node:vm");

const library = path.dirname(require.resolve("@kusto/language-service-next/package.json"));
for (const file of ["bridge.min.js", "Kusto.Language.Bridge.min.js"]) {
  const filename = path.join(library, file);
  vm.runInThisContext(fs.readFileSync(filename, "utf8"), { filename });
}
const { GlobalState, KustoCode, Symbols, Syntax } = globalThis.Kusto.Language;

const asked = JSON.parse(fs.readFileSync(0, "utf8"));
const tables = Object.entries(asked.tables).map(([name, columns]) => Symbols.TableSymbol.From(columns).WithName(name));
const logs = GlobalState.Default.WithDatabase(new Symbols.DatabaseSymbol.ctor("logs", tables, undefined));

function ofTold(node) {
  return node instanceof Syntax.PathExpression && node.Expression.toString().trim() === "told" ? node.Selector.toString().trim() : null;
}

function read(text) {
  const code = KustoCode.ParseAndAnalyze(text, logs);
  const said = code.GetDiagnostics();
  const found = { problems: [], tables: new Set(), strings: [], fields: new Set(), casts: [] };
  for (let i = 0; i < said.Count; i++) {
    const each = said.getItem(i);
    found.problems.push(`${each.Message} (at ${JSON.stringify(text.slice(each.Start, each.Start + Math.max(each.Length, 20)))})`);
  }
  Syntax.SyntaxElement.WalkNodes(code.Syntax, (node) => {
    if (node instanceof Syntax.NameReference && tables.includes(node.ReferencedSymbol)) found.tables.add(node.ReferencedSymbol.Name);
    if (node instanceof Syntax.LiteralExpression && typeof node.LiteralValue === "string") found.strings.push(node.LiteralValue);
    const field = ofTold(node);
    if (field) found.fields.add(field);
    if (node instanceof Syntax.FunctionCallExpression && node.ArgumentList.Expressions.Count === 1) {
      const cast = ofTold(node.ArgumentList.Expressions.getItem(0).Element$1);
      if (cast) found.casts.push([node.Name.toString().trim(), cast]);
    }
  });
  return { ...found, tables: [...found.tables], fields: [...found.fields] };
}

process.stdout.write(JSON.stringify(Object.fromEntries(Object.entries(asked.queries).map(([name, text]) => [name, read(text)]))));
