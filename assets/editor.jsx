// The document as a form and as text: controls that answer at once and never lose what was typed.
// CodeMirror is a chunk of its own, fetched when an editor is first shown.
import { lazy, Suspense, useEffect, useId, useRef, useState } from "react";

const Code = lazy(() => import("./editor_core.jsx"));

export function CodeEditor(props) {
  const waiting = <pre className="yaml yaml--waiting" aria-busy="true">{props.value}</pre>;
  return <Suspense fallback={waiting}><Code {...props} /></Suspense>;
}

// --- both views on one draft ------------------------------------------------------------------------------
const VIEWS = [["form", "Form"], ["both", "Both"], ["text", "YAML"]];
const ROOM = "(min-width: 1180px)";

export function Panes({ children, label }) {
  const [choice, setChoice] = useState("both");
  const [roomy, setRoomy] = useState(true);
  const name = useId();
  useEffect(() => {
    const query = window.matchMedia(ROOM);
    const look = () => setRoomy(query.matches);
    look();
    query.addEventListener("change", look);
    const show = (event) => setChoice((now) => (now === "both" && query.matches ? now : event.detail));
    window.addEventListener("mpax:show", show);
    return () => {
      query.removeEventListener("change", look);
      window.removeEventListener("mpax:show", show);
    };
  }, []);
  const view = choice === "both" && !roomy ? "form" : choice;
  return (
    <div className="panes" data-view={view}>
      <fieldset className="views">
        <legend className="visually-hidden">{label}</legend>
        {VIEWS.filter(([key]) => roomy || key !== "both").map(([key, title]) => (
          <label key={key} className="views__one">
            <input type="radio" name={name} value={key} checked={view === key} onChange={() => setChoice(key)} />
            <span>{title}</span>
          </label>
        ))}
      </fieldset>
      {children}
    </div>
  );
}

// Leads to a line of the form, wherever it has just been drawn.
export function Jump({ to }) {
  useEffect(() => {
    if (!to?.id) return;
    window.dispatchEvent(new CustomEvent("mpax:show", { detail: "form" }));
    let tries = 0;
    const look = () => {
      const line = document.getElementById(to.id);
      if (!line && tries++ < 20) return requestAnimationFrame(look);
      line?.scrollIntoView({ block: "center" });
      const control = line?.querySelector("input, select, textarea") ?? line?.querySelector("button");
      control?.focus({ preventScroll: true });
    };
    requestAnimationFrame(look);
  }, [to]);
  return null;
}

// --- one value --------------------------------------------------------------------------------------------
const PAUSE = 700;

// What is being typed is the field's own until it pauses, is left, or Enter is pressed.
function useTyped(value, onSet) {
  const [text, setText] = useState(value);
  const told = useRef(value);
  const typed = useRef(value);
  const timer = useRef(null);
  const tell = () => {
    clearTimeout(timer.current);
    if (typed.current !== told.current) onSet?.(typed.current);
    told.current = typed.current;
  };
  useEffect(() => {
    told.current = typed.current = value;
    clearTimeout(timer.current);
    setText(value);
  }, [value]);
  const leave = useRef(tell);
  leave.current = tell;
  useEffect(() => () => leave.current(), []);
  const type = (next, soon = PAUSE) => {
    typed.current = next;
    setText(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(tell, soon);
  };
  return { text, type, tell };
}

export function ValueField({ kind, label, value, options, low, high, step, hint, describedBy, invalid, disabled, onSet }) {
  const { text, type, tell } = useTyped(value, onSet);
  const named = { "aria-label": label, "aria-describedby": describedBy, "aria-invalid": invalid || undefined, disabled };
  if (kind === "toggle") {
    return <input {...named} type="checkbox" role="switch" className="switch" checked={text === "true"}
      onChange={(event) => type(String(event.target.checked), 0)} />;
  }
  if (kind === "choice") {
    return (
      <select {...named} className="input input--short select" value={text} onChange={(event) => type(event.target.value, 0)}>
        {options.map((one) => <option key={one.value} value={one.value}>{one.text}</option>)}
      </select>
    );
  }
  const common = {
    ...named, value: text, placeholder: hint, onBlur: tell, autoComplete: "off",
    onChange: (event) => type(event.target.value),
  };
  if (kind === "area" || (kind === "value" && text.length > 48)) {
    return <textarea {...common} className="input input--area" rows={Math.min(8, 2 + Math.floor(text.length / 60))} />;
  }
  const enter = (event) => event.key === "Enter" && !event.nativeEvent.isComposing && tell();
  if (kind === "number") {
    return <input {...common} className="input input--short num" type="number" inputMode="decimal" min={low || undefined}
      max={high || undefined} step={step} onKeyDown={enter} />;
  }
  return <input {...common} className={kind === "value" ? "input input--short mono" : "input input--short"} type="text" onKeyDown={enter} />;
}

// --- a list of scalars ------------------------------------------------------------------------------------
const moved = (list, from, to) => {
  const next = [...list];
  next.splice(to, 0, ...next.splice(from, 1));
  return next;
};

export function ChipList({ label, values, options, describedBy, disabled, onSet }) {
  const [list, setList] = useState(values);
  const [editing, setEditing] = useState(null);
  const [said, setSaid] = useState("");
  const [draft, setDraft] = useState("");
  const box = useRef(null);
  const focus = useRef(null);
  const help = useId();
  useEffect(() => setList(values), [values]);
  useEffect(() => {
    if (focus.current === null) return;
    const chips = box.current.querySelectorAll(".token__name");
    (chips[Math.min(focus.current, chips.length - 1)] ?? box.current.querySelector(".tokens__add"))?.focus();
    focus.current = null;
  });
  const set = (next, at, words) => {
    focus.current = at;
    setList(next);
    setSaid(words);
    onSet?.(next);
  };
  const shift = (at, to) => {
    if (to < 0 || to >= list.length) return;
    set(moved(list, at, to), to, `${list[at]}: ${to + 1} of ${list.length}`);
  };
  const drop = (at) => set(list.filter((_, i) => i !== at), Math.max(0, at - 1), `${list[at]} removed`);
  const key = (event, at) => {
    const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    if (step && event.altKey && !disabled) shift(at, at + step);
    else if (step) box.current.querySelectorAll(".token__name")[at + step]?.focus();
    else if ((event.key === "Delete" || event.key === "Backspace") && !disabled) drop(at);
    else return;
    event.preventDefault();
  };
  const rename = (at, text) => {
    const next = text.trim();
    setEditing(null);
    focus.current = at;
    if (next && next !== list[at]) set(list.map((one, i) => (i === at ? next : one)), at, `${next} changed`);
  };
  const add = (text) => {
    const next = text.trim().replace(/,$/, "").trim();
    setDraft("");
    if (!next) return;
    if (list.includes(next)) return setSaid(`${next} is there already`);
    setList([...list, next]);
    setSaid(`${next} added`);
    onSet?.([...list, next]);
  };
  const free = options.filter((one) => !list.includes(one.value));
  return (
    <div className="tokens" ref={box} role="group" aria-label={label} aria-describedby={describedBy}>
      {list.length ? (
        <ul className="tokens__list" aria-describedby={help}>
          {list.map((one, at) => (
            <li key={one} className="token">
              {editing === at ? (
                <input className="token__edit" aria-label={`Change ${one}`} defaultValue={one} autoFocus
                  size={Math.max(6, one.length)} onBlur={(event) => rename(at, event.target.value)}
                  onKeyDown={(event) => {
                    if (event.key === "Enter") rename(at, event.target.value);
                    if (event.key === "Escape") rename(at, one);
                  }} />
              ) : (
                <button type="button" className="token__name" tabIndex={at === 0 ? 0 : -1} aria-describedby={help}
                  onKeyDown={(event) => key(event, at)}
                  onClick={() => !disabled && !options.length && setEditing(at)}>{one}</button>
              )}
              {disabled ? null : (
                <button type="button" className="token__drop" tabIndex={-1} aria-label={`Remove ${one}`} onClick={() => drop(at)}>
                  <svg width="12" height="12" viewBox="0 0 24 24" stroke="currentColor" strokeWidth="2.5" aria-hidden="true"><path d="M18 6 6 18M6 6l12 12" /></svg>
                </button>
              )}
            </li>
          ))}
        </ul>
      ) : null}
      {disabled ? (list.length ? null : <span className="muted">Nothing</span>) : options.length ? (
        free.length ? (
          <select className="tokens__add" aria-label={`Add to ${label}`} value="" onChange={(event) => add(event.target.value)}>
            <option value="">Add…</option>
            {free.map((one) => <option key={one.value} value={one.value}>{one.text}</option>)}
          </select>
        ) : null
      ) : (
        <input className="tokens__add" aria-label={`Add to ${label}`} placeholder="Add…" value={draft} autoComplete="off"
          onChange={(event) => (event.target.value.endsWith(",") ? add(event.target.value) : setDraft(event.target.value))}
          onBlur={() => add(draft)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && !event.nativeEvent.isComposing) add(draft);
            if ((event.key === "Backspace" || event.key === "ArrowLeft") && !draft && list.length) {
              event.preventDefault();
              box.current.querySelectorAll(".token__name")[list.length - 1].focus();
            }
          }} />
      )}
      <span id={help} className="tokens__help">Arrows go, Alt + arrows move, Delete removes{options.length ? "" : ", Enter changes"}.</span>
      <span className="visually-hidden" role="status">{said}</span>
    </div>
  );
}

// --- a new name of a free map -----------------------------------------------------------------------------
export function NewEntry({ label, onAdd }) {
  const [name, setName] = useState("");
  const add = () => {
    if (!name.trim()) return;
    onAdd?.(name.trim());
    setName("");
  };
  return (
    <span className="new-entry">
      <input className="input input--short" aria-label={`${label}: name`} placeholder="name" value={name} autoComplete="off"
        onChange={(event) => setName(event.target.value)} onKeyDown={(event) => event.key === "Enter" && add()} />
      <button type="button" className="button button--quiet button--small" disabled={!name.trim()} onClick={add}>{label}</button>
    </span>
  );
}
