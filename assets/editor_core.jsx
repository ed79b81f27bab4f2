// CodeMirror for event documents: YAML, folding, search, problems in the gutter, names and values to choose from.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, codeFolding, foldGutter, foldKeymap, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { Annotation, Compartment, EditorState } from "@codemirror/state";
import { EditorView, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars, keymap, lineNumbers, tooltips } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { useEffect, useRef, useState } from "react";
import { completer } from "./editor_completion.js";

const PAUSE = 500;
const fromServer = Annotation.define();

const colors = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--ink)", fontWeight: "560" },
  { tag: [tags.string, tags.content], color: "var(--accent)" },
  { tag: [tags.number, tags.bool, tags.null, tags.keyword, tags.atom], color: "var(--warn)" },
  { tag: [tags.comment, tags.lineComment], color: "var(--faint)", fontStyle: "italic" },
  { tag: [tags.separator, tags.punctuation, tags.squareBracket, tags.brace], color: "var(--muted)" },
  { tag: [tags.labelName, tags.typeName, tags.meta], color: "var(--good)" },
]);

const words = {
  "Fold line": "Fold",
  "Unfold line": "Unfold",
};

const basics = [
  lineNumbers(), highlightActiveLineGutter(), lintGutter(), foldGutter(), codeFolding(), highlightSpecialChars(), history(),
  EditorState.tabSize.of(2), indentUnit.of("  "), EditorState.phrases.of(words), indentOnInput(), bracketMatching(),
  closeBrackets(), highlightActiveLine(), highlightSelectionMatches(), search({ top: true }), yaml(),
  syntaxHighlighting(colors), tooltips({ position: "fixed" }), EditorView.lineWrapping,
  // Tab is left to the page, so that nobody is caught in the editor; Ctrl+] and Ctrl+[ indent.
  keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...foldKeymap, ...completionKeymap, ...lintKeymap]),
];

// The smallest replacement: the cursor, the folds and the scroll stay where they are.
const difference = (before, after) => {
  const most = Math.min(before.length, after.length);
  let from = 0;
  while (from < most && before[from] === after[from]) from++;
  let end = 0;
  while (end < most - from && before[before.length - 1 - end] === after[after.length - 1 - end]) end++;
  return { from, to: before.length - end, insert: after.slice(from, after.length - end) };
};

const diagnostics = (doc, marks) =>
  (marks ?? []).filter((mark) => mark.line > 0 && mark.line <= doc.lines).map((mark) => {
    const line = doc.line(mark.line);
    const from = Math.min(line.from + Math.max(0, mark.column - 1), line.to);
    const rest = doc.sliceString(from, line.to).replace(/\s+#.*$/, "").trimEnd();
    return { from, to: Math.max(from, Math.min(from + Math.max(1, rest.length), line.to)), severity: mark.blocks ? "error" : "warning", message: mark.text };
  });

const remembered = (store) => {
  try {
    return JSON.parse(localStorage.getItem(store) ?? "null");
  } catch {
    return null;
  }
};
const remember = (store, kept) => {
  try {
    kept ? localStorage.setItem(store, JSON.stringify(kept)) : localStorage.removeItem(store);
  } catch {}
};

// `value` is the server's text, replaced when `stamp` changes. What it has not `accepted` yet stays in the browser.
export default function Code({ store, value, stamp, mark, accepted, label, marks, line, grammar, readOnly, onEdit }) {
  const host = useRef(null);
  const view = useRef(null);
  const lock = useRef(new Compartment());
  const names = useRef(null);
  const timer = useRef(null);
  const sent = useRef({ text: value, n: 0 });
  const latest = useRef({});
  const [kept, setKept] = useState(null);
  latest.current = { store, mark, onEdit };

  const tell = () => {
    clearTimeout(timer.current);
    const text = view.current?.state.doc.toString();
    if (text === undefined || text === sent.current.text) return;
    sent.current = { text, n: sent.current.n + 1 };
    latest.current.onEdit?.(text, sent.current.n);
  };
  const changed = (update) => {
    if (!update.docChanged || update.transactions.some((one) => one.annotation(fromServer))) return;
    remember(latest.current.store, { text: update.state.doc.toString(), mark: latest.current.mark });
    clearTimeout(timer.current);
    timer.current = setTimeout(tell, PAUSE);
  };
  const put = (text) => {
    const now = view.current.state.doc.toString();
    if (now !== text) view.current.dispatch({ changes: difference(now, text), annotations: fromServer.of(true) });
  };

  useEffect(() => {
    const state = EditorState.create({
      doc: value,
      extensions: [
        basics,
        autocompletion({ override: [completer(() => names.current)], icons: false }),
        lock.current.of([EditorState.readOnly.of(readOnly), EditorView.editable.of(true)]),
        EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0", spellcheck: "false", autocapitalize: "off" }),
        EditorView.updateListener.of(changed),
        EditorView.domEventHandlers({ blur: () => tell() }),
      ],
    });
    view.current = new EditorView({ state, parent: host.current });
    return () => {
      tell();
      view.current.destroy();
      view.current = null;
    };
  }, []);

  useEffect(() => {
    names.current = grammar ? JSON.parse(grammar) : null;
  }, [grammar]);
  useEffect(() => {
    view.current.dispatch({ effects: lock.current.reconfigure([EditorState.readOnly.of(readOnly), EditorView.editable.of(true)]) });
  }, [readOnly]);
  const shown = useRef(null);
  useEffect(() => {
    const first = shown.current !== store;
    shown.current = store;
    sent.current = { text: value, n: sent.current.n };
    const found = first && !readOnly ? remembered(store) : null;
    if (found && found.text !== value) {
      if (found.mark === mark) {
        put(found.text);
        tell();
        return;
      }
      setKept(found.text);
    } else if (first) {
      setKept(null);
    }
    put(value);
  }, [store, stamp]);
  useEffect(() => {
    if (accepted && accepted === sent.current.n && view.current.state.doc.toString() === sent.current.text) remember(store, null);
  }, [accepted]);
  useEffect(() => {
    view.current.dispatch(setDiagnostics(view.current.state, diagnostics(view.current.state.doc, marks)));
  }, [marks, stamp]);
  useEffect(() => {
    if (!line?.number || line.number > view.current.state.doc.lines) return;
    window.dispatchEvent(new CustomEvent("mpax:show", { detail: "text" }));
    const at = view.current.state.doc.line(line.number);
    const from = Math.min(at.from + Math.max(0, (line.column ?? 1) - 1), at.to);
    requestAnimationFrame(() => {
      if (line.focus) view.current?.focus();
      view.current?.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: "center" }) });
    });
  }, [line]);

  const bring = () => {
    view.current.dispatch({ changes: difference(view.current.state.doc.toString(), kept) });
    setKept(null);
    tell();
  };
  const forget = () => {
    remember(store, null);
    setKept(null);
  };
  return (
    <>
      {kept !== null ? (
        <div className="notice notice--warn" role="status">
          <div>
            <p>This browser has kept text that was never saved. The draft has moved on since.</p>
            <p className="kept">
              <button type="button" className="button button--quiet button--small" onClick={bring}>Bring it in</button>
              <button type="button" className="button button--words" onClick={forget}>Throw it away</button>
            </p>
          </div>
        </div>
      ) : null}
      <div ref={host} className="yaml" />
    </>
  );
}
