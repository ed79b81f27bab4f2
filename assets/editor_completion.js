// What can be written where: reads the block structure around the cursor and looks it up in the grammar.
// Grammar: {d: help, t: takes, e: values, m: members, i: each entry, f: free names}.

const LINE = /^(\s*)((?:-\s+)*)(?:("[^"]*"|'[^']*'|[\w.$/-]+)\s*:(?=\s|$))?/;

const parsed = (text) => {
  const [, space, dashes, name] = LINE.exec(text);
  const marks = [...dashes.matchAll(/-/g)].map((found) => space.length + found.index);
  return { marks, column: space.length + dashes.length, name: name?.replace(/^["']|["']$/g, "") };
};

const quiet = (text) => /^\s*(#.*)?$/.test(text);

// The names around a line, from the outside in; "[]" is an entry of a list.
const pathTo = (doc, number, column, marks) => {
  const path = [];
  let keyBelow = column;
  let markBelow = column;
  const climb = (dashes) => {
    for (const mark of [...dashes].reverse()) {
      if (mark >= markBelow) continue;
      path.unshift("[]");
      markBelow = mark;
      keyBelow = mark + 1;
    }
  };
  climb(marks);
  for (let at = number - 1; at > 0 && keyBelow > 0; at--) {
    const text = doc.line(at).text;
    if (quiet(text)) continue;
    const line = parsed(text);
    if (line.name && line.column < keyBelow) {
      path.unshift(line.name);
      keyBelow = markBelow = line.column;
    }
    if (line.column <= keyBelow) climb(line.marks);
  }
  return path;
};

const step = (node, name) => (name === "[]" ? node?.i : node?.m?.[name] ?? (node?.f ? node.i : undefined));
const find = (grammar, path) => path.reduce(step, grammar);

const siblings = (doc, number, column) => {
  const found = new Set();
  for (const way of [-1, 1]) {
    for (let at = number + way; at > 0 && at <= doc.lines; at += way) {
      const text = doc.line(at).text;
      if (quiet(text)) continue;
      const line = parsed(text);
      if (line.column < column) break;
      if (line.column === column && line.name) found.add(line.name);
      if (line.column === column && line.marks.length) break;
    }
  }
  return found;
};

const spelled = (value) => (typeof value === "string" && /[:#{}[\],&*!|>'"%@`]|^\s|\s$|^(true|false|null|yes|no|on|off|\d.*)$/i.test(value) ? JSON.stringify(value) : String(value));

const names = (node, taken, inFlow, indent) =>
  Object.entries(node?.m ?? {}).filter(([name]) => !taken.has(name)).map(([name, member]) => {
    const opens = !inFlow && (member.m || member.f);
    const lists = !inFlow && member.t === "list" && member.i?.m;
    return {
      label: name, type: "property", detail: member.t, info: member.d,
      apply: opens ? `${name}:\n${indent}  ` : lists ? `${name}:\n${indent}  - ` : `${name}: `,
    };
  });

const values = (node) => (node?.e ?? []).map((value) => ({ label: String(value), apply: spelled(value), type: "constant" }));

// Inside `{…}` or `[…]` on one line: what the innermost open bracket asks for.
const inFlow = (node, text) => {
  const stack = [];
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (sign === "{" || sign === "[") {
      const before = /([\w.-]+)\s*:\s*$/.exec(text.slice(from, at));
      if (stack.length && before) node = step(node, before[1]);
      else if (stack.length && stack.at(-1).sign === "[") node = node?.i;
      stack.push({ sign, node });
      from = at + 1;
    } else if (sign === "}" || sign === "]") {
      stack.pop();
      node = stack.at(-1)?.node ?? node;
      from = at + 1;
    } else if (sign === ",") {
      from = at + 1;
    }
  }
  return stack.length ? { sign: stack.at(-1).sign, node: stack.at(-1).node, rest: text.slice(from) } : null;
};

export const completer = (grammarOf) => (context) => {
  const grammar = grammarOf();
  if (!grammar) return null;
  const doc = context.state.doc;
  const line = doc.lineAt(context.pos);
  const before = line.text.slice(0, context.pos - line.from);
  if (/(^|\s)#/.test(before)) return null;
  const { marks, column, name } = parsed(before);
  const typed = /[\w.-]*$/.exec(before)[0];
  if (!typed && !context.explicit && !/[:\-[{,]\s$/.test(before)) return null;
  const from = context.pos - typed.length;
  const node = find(grammar, pathTo(doc, line.number, column, marks));
  const offer = (options) => (options.length ? { from, options, validFor: /^[\w.-]*$/ } : null);

  if (name) {
    const own = step(node, name);
    const rest = before.slice(before.indexOf(":", column) + 1);
    const flow = inFlow(own, rest);
    if (!flow) return offer(values(own));
    if (flow.sign === "[") return offer(values(flow.node?.i));
    const member = /^\s*([\w.-]+)\s*:/.exec(flow.rest);
    return offer(member ? values(step(flow.node, member[1])) : names(flow.node, new Set(), true, ""));
  }
  if (before.slice(column).trim() !== typed) return null;
  const options = names(node, siblings(doc, line.number, column), false, " ".repeat(column));
  return offer(options.length ? options : marks.length ? values(node) : []);
};
