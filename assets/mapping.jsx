// The mapping grid: a table that is walked with the arrows, and one place that says why. Decisions are the server's.
import { useEffect, useId, useMemo, useRef, useState } from "react";

const KEYS = [
  ["↑ ↓", "walk"], ["Enter", "accept"], ["X", "leave out"], ["/", "search a target"], ["1–4", "take an alternative"], ["U", "undo"],
  ["Home End", "first and last"], ["?", "show or hide this"],
];
const NARROW = "(max-width: 1180px)";

// --- how sure: a color, a shape and a number --------------------------------------------------------------
const SHAPES = {
  high: <><circle cx="8" cy="8" r="7" fill="currentColor" /><path d="m4.8 8.2 2.2 2.2 4.2-4.6" stroke="var(--surface)" strokeWidth="1.6" fill="none" /></>,
  medium: <><circle cx="8" cy="8" r="6.2" fill="none" stroke="currentColor" strokeWidth="1.6" /><path d="M8 1.8a6.2 6.2 0 0 1 0 12.4z" fill="currentColor" /></>,
  low: <path d="M8 2 14.6 13.6H1.4z" fill="none" stroke="currentColor" strokeWidth="1.6" strokeLinejoin="round" />,
};

export function Sure({ level, percent, words }) {
  return (
    <span className={`sure sure--${level}`}>
      <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">{SHAPES[level]}</svg>
      <span className="num" aria-hidden="true">{percent}</span>
      <span className="visually-hidden">{words}</span>
    </span>
  );
}

// --- choosing a target ------------------------------------------------------------------------------------
const slug = (text) => text.trim().toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^[^a-z]+|_+$/g, "").slice(0, 60);

function choices(row, targets, typed) {
  const wanted = typed.trim().toLowerCase();
  const suggested = row.alternatives.filter((one) => one.targets.length).map((one) => ({
    key: one.targets.join("+"), targets: one.targets, text: one.text, note: `${one.percent} %`,
  }));
  const known = targets.map((one) => ({ key: one.value, targets: [one.value], text: one.text, note: one.value }));
  const seen = new Set(suggested.map((one) => one.key));
  const all = [...suggested, ...known.filter((one) => !seen.has(one.key))];
  const found = wanted ? all.filter((one) => `${one.text} ${one.key}`.toLowerCase().includes(wanted)) : all;
  const name = slug(typed.replace(/^specs\./, ""));
  if (name && !all.some((one) => one.key === `specs.${name}` || one.key === name)) {
    found.push({ key: `new:${name}`, targets: [`specs.${name}`], text: `New: ${typed.trim()}`, note: `specs.${name}` });
  }
  return found.slice(0, 60);
}

function TargetSearch({ row, targets, onPick, onClose }) {
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const id = useId();
  const list = useRef(null);
  const found = useMemo(() => choices(row, targets, typed), [row, targets, typed]);
  useEffect(() => {
    list.current?.children[at]?.scrollIntoView({ block: "nearest" });
  }, [at]);
  const key = (event) => {
    event.stopPropagation();
    if (event.nativeEvent.isComposing) return;
    const move = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (move) {
      event.preventDefault();
      setAt((now) => Math.max(0, Math.min(found.length - 1, now + move)));
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (found[at]) onPick(found[at].targets);
    } else if (event.key === "Escape" || event.key === "Tab") {
      event.preventDefault();
      onClose();
    }
  };
  return (
    <div className="search" onBlur={(event) => !event.currentTarget.contains(event.relatedTarget) && onClose(false)}>
      <input autoFocus type="text" role="combobox" className="input search__input" aria-expanded="true" aria-controls={id}
        aria-autocomplete="list" aria-label={`What ${row.title} is`} aria-activedescendant={found[at] ? `${id}-${at}` : undefined}
        placeholder="Search, or name a new one" value={typed} onKeyDown={key} autoComplete="off"
        onChange={(event) => { setTyped(event.target.value); setAt(0); }} />
      <ul ref={list} id={id} role="listbox" aria-label="Targets" className="search__list">
        {found.map((one, n) => (
          <li key={one.key} id={`${id}-${n}`} role="option" aria-selected={n === at}
            className="search__one" onMouseEnter={() => setAt(n)}
            onMouseDown={(event) => { event.preventDefault(); onPick(one.targets); }}>
            <span>{one.text}</span><span className="mono tiny">{one.note}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

// --- why --------------------------------------------------------------------------------------------------
function Why({ row, may, onAccept, onLeave, onTake, onKind, onUndo }) {
  return (
    <>
      <div className="why__head">
        <h2 className="why__title">{row.title}</h2>
        {row.over ? <p className="muted tiny">{row.over}</p> : null}
        {row.question ? <p className="why__question">{row.question}</p> : null}
      </div>
      {row.evidence.length ? (
        <ul className="why__list" aria-label="Reasons">
          {row.evidence.map((one, n) => (
            <li key={n} className={one.against ? "why__one why__one--against" : "why__one"}>
              <span className="why__kind">{one.kind}</span>
              <span>{one.text}{one.against ? <span className="muted"> (speaks against it)</span> : null}</span>
              <span className="why__share" aria-hidden="true"><span style={{ width: `${one.share}%` }} /></span>
            </li>
          ))}
        </ul>
      ) : <p className="muted">No reasons were recorded.</p>}
      <dl className="why__facts">
        <div><dt>Cells</dt><dd>{row.samples.length ? row.samples.join(" · ") : "All empty"}</dd></div>
        <div><dt>Column</dt><dd>{row.filled}</dd></div>
        <div><dt>Read as</dt><dd>{row.kind}</dd></div>
      </dl>
      {may && row.alternatives.length ? (
        <div className="why__others">
          <p className="why__label">Or is it</p>
          {row.alternatives.map((one, n) => (
            <button key={n} type="button" className="why__other" onClick={() => onTake(row, one.targets)}>
              <kbd aria-hidden="true">{n + 1}</kbd><span>{one.text}</span><span className="num muted">{one.percent}</span>
            </button>
          ))}
        </div>
      ) : null}
      {may ? (
        <div className="why__actions">
          {row.is_settled ? (
            <button type="button" className="button button--quiet button--small" onClick={() => onUndo(row)}>Undo</button>
          ) : (
            <button type="button" className="button button--quiet button--small" onClick={() => onAccept(row)}>
              {row.left ? "Keep it out" : "Accept"}
            </button>
          )}
          {row.left ? (
            <button type="button" className="button button--words" onClick={() => onKind(row)}>
              {row.is_guarded ? "Publish anyway…" : "Publish as…"}
            </button>
          ) : (
            <button type="button" className="button button--words" onClick={() => onLeave(row)}>Leave out</button>
          )}
        </div>
      ) : null}
    </>
  );
}

function useNarrow() {
  const [narrow, setNarrow] = useState(() => typeof window !== "undefined" && window.matchMedia(NARROW).matches);
  useEffect(() => {
    const query = window.matchMedia(NARROW);
    const look = () => setNarrow(query.matches);
    look();
    query.addEventListener("change", look);
    return () => query.removeEventListener("change", look);
  }, []);
  return narrow;
}

// --- the grid ---------------------------------------------------------------------------------------------
export function MappingGrid({ rows, groups, targets, may, label, onDecide, onGuarded }) {
  const [active, setActive] = useState("");
  const [hovered, setHovered] = useState("");
  const [searching, setSearching] = useState("");
  const [help, setHelp] = useState(false);
  const narrow = useNarrow();
  const grid = useRef(null);
  const within = useRef(false);
  const current = rows.find((row) => row.key === active) ?? rows[0];
  const shown = rows.find((row) => row.key === hovered) ?? current;

  const lineOf = (key) => [...(grid.current?.querySelectorAll("[data-key]") ?? [])].find((line) => line.dataset.key === key);
  const focus = (key) => {
    setActive(key);
    setHovered("");
    requestAnimationFrame(() => lineOf(key)?.focus());
  };
  // A row that went to another group is drawn anew: the focus stays with the grid.
  useEffect(() => {
    if (within.current && document.activeElement === document.body && current) lineOf(current.key)?.focus();
  });
  const after = (row, by = 1) => rows[Math.max(0, Math.min(rows.length - 1, rows.indexOf(row) + by))];
  const decide = (row, change, goOn = true) => {
    const next = after(row);
    onDecide?.([row.key], change);
    if (goOn) focus(next.key);
  };
  const accept = (row) => {
    if (!row.left && !row.targets.length) return search(row);
    if (row.is_settled) return focus(after(row).key);
    decide(row, { accept: true });
  };
  const undo = (row) => row.is_settled && decide(row, { undo: true }, false);
  const leave = (row) => !row.left && decide(row, { left: "unused" });
  const take = (row, chosen) => {
    setSearching("");
    if (row.is_guarded) return onGuarded?.(row.key, chosen);
    decide(row, { targets: chosen }, false);
    focus(row.key);
  };
  const search = (row) => {
    setActive(row.key);
    setSearching(row.key);
  };

  const pressed = (event) => {
    if (event.target.closest("input, select, textarea") || event.ctrlKey || event.metaKey || event.altKey || !current) return;
    const own = event.target.closest("[data-key]") === event.target;
    const move = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8, Home: -rows.length, End: rows.length }[event.key];
    const other = /^[1-4]$/.test(event.key) ? current.alternatives[Number(event.key) - 1] : null;
    let done = true;
    if (move) focus(after(current, move).key);
    else if (event.key === "?") setHelp((now) => !now);
    else if (!may) done = false;
    else if (event.key === "Enter" && own) accept(current);
    else if (event.key.toLowerCase() === "x") leave(current);
    else if (event.key.toLowerCase() === "u") undo(current);
    else if (event.key === "/") search(current);
    else if (other) take(current, other.targets);
    else done = false;
    if (done) event.preventDefault();
  };

  if (!rows.length) return null;
  const why = <Why row={shown} may={may} onAccept={accept} onLeave={leave} onTake={take} onKind={search} onUndo={undo} />;
  return (
    <div className="mapping" data-narrow={narrow || undefined}>
      <div className="mapping__main">
        <p className="mapping__keys muted tiny">
          <kbd>↑</kbd> <kbd>↓</kbd> walk{may ? <>, <kbd>Enter</kbd> accepts, <kbd>X</kbd> leaves out, <kbd>/</kbd> searches a target</> : null}
          , <button type="button" className="link" aria-expanded={help} onClick={() => setHelp((now) => !now)}><kbd>?</kbd> all keys</button>
        </p>
        {help ? (
          <dl className="keys" aria-label="Keys">{KEYS.map(([key, words]) => <div key={key}><dt><kbd>{key}</kbd></dt><dd>{words}</dd></div>)}</dl>
        ) : null}
        <table ref={grid} role="grid" className="grid" aria-label={label} aria-readonly={!may}
          onFocus={() => { within.current = true; }}
          onBlur={(event) => { if (event.relatedTarget && !event.currentTarget.contains(event.relatedTarget)) within.current = false; }}
          onMouseLeave={() => narrow && setHovered("")} onKeyDown={pressed}>
          <thead role="rowgroup">
            <tr role="row">
              {["Column", "Cells", "Becomes", "Read as", "Sure"].map((head) => <th key={head} role="columnheader" scope="col">{head}</th>)}
            </tr>
          </thead>
          {groups.map((group) => (
            <tbody key={group.key} role="rowgroup" className={`grid__group grid__group--${group.key}`}>
              <tr role="row">
                <th role="rowheader" scope="rowgroup" colSpan={5} className="grid__head">
                  {group.title} <span className="num muted">{rows.filter((row) => row.group === group.key).length}</span>
                  <span className="grid__words muted">{group.words}</span>
                </th>
              </tr>
              {rows.filter((row) => row.group === group.key).map((row) => (
                <Line key={row.key} row={row} may={may} active={row === current} shown={row === shown} searching={searching === row.key}
                  targets={targets} why={narrow && row === current ? why : null} onActive={setActive} onHover={narrow ? null : setHovered}
                  onSearch={search} onPick={take} onCloseSearch={(back) => { setSearching(""); if (back !== false) focus(row.key); }} />
              ))}
            </tbody>
          ))}
        </table>
      </div>
      {narrow ? null : <aside className="why" aria-label={`Why: ${shown.title}`} aria-live="off">{why}</aside>}
    </div>
  );
}

function Line({ row, may, active, shown, searching, targets, why, onActive, onHover, onSearch, onPick, onCloseSearch }) {
  const words = row.left ? row.left_words : row.target || "Nothing yet";
  const choose = may && !row.is_guarded ? (
    <button type="button" className="grid__target" tabIndex={active ? 0 : -1} aria-haspopup="listbox" aria-expanded={searching}
      onClick={() => onSearch(row)}>
      <span className="visually-hidden">{row.title} becomes </span>{words}
      <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true"><path d="m3 4.5 3 3 3-3" fill="none" stroke="currentColor" strokeWidth="1.5" /></svg>
    </button>
  ) : <span className="grid__fixed">{words}</span>;
  return (
    <>
      <tr role="row" data-key={row.key} tabIndex={active ? 0 : -1} aria-selected={active} className={shown ? "grid__row is-shown" : "grid__row"}
        onFocus={() => onActive(row.key)} onClick={(event) => event.target.closest("button, input") || onActive(row.key)}
        onMouseEnter={() => onHover?.(row.key)}>
        <td role="gridcell" className="grid__column">
          <span className="grid__title">{row.title}</span>
          {row.over ? <span className="grid__over muted tiny">{row.over}</span> : null}
          {row.question ? <span className="grid__question">{row.question}</span> : null}
        </td>
        <td role="gridcell" className="grid__cells"><span>{row.samples.slice(0, 3).join(" · ") || "—"}</span></td>
        <td role="gridcell" className="grid__becomes">
          {choose}
          {searching ? <TargetSearch row={row} targets={targets} onPick={(chosen) => onPick(row, chosen)} onClose={onCloseSearch} /> : null}
        </td>
        <td role="gridcell" className="grid__kind muted">{row.left ? "" : row.kind}</td>
        <td role="gridcell" className="grid__sure">
          {row.is_settled ? <span className="sure sure--set"><svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">{SHAPES.high}</svg>Settled</span>
            : <Sure level={row.level} percent={row.percent} words={row.sure} />}
        </td>
      </tr>
      {why ? <tr role="row" className="grid__why"><td role="gridcell" colSpan={5}>{why}</td></tr> : null}
    </>
  );
}

// --- a report: its page, boxes over it, and the values that stand in them -------------------------------
export function ReportViewer({ report }) {
  const [lit, setLit] = useState("");
  const [page, setPage] = useState(1);
  const shown = report.pages.find((one) => one.number === page) ?? report.pages[0];
  const lines = useRef(null);
  useEffect(() => setPage(1), [report.name]);
  const light = (key, number) => {
    setLit(key);
    if (number) setPage(number);
  };
  useEffect(() => {
    lines.current?.querySelector(`[data-line="${lit}"]`)?.scrollIntoView({ block: "nearest" });
  }, [lit]);
  if (!shown) return null;
  return (
    <div className="report">
      <div className="report__paper">
        {report.pages.length > 1 ? (
          <div className="report__pages" role="group" aria-label="Pages">
            {report.pages.map((one) => (
              <button key={one.number} type="button" className="report__turn num" aria-pressed={one.number === shown.number}
                onClick={() => setPage(one.number)}><span className="visually-hidden">Page </span>{one.number}</button>
            ))}
          </div>
        ) : null}
        <div className="report__page" style={{ aspectRatio: String(shown.ratio) }}>
          {shown.image ? <img src={shown.image} alt={`Page ${shown.number} of ${report.name}`} /> : <div className="skeleton report__blank" />}
          {shown.boxes.map((box) => (
            <span key={box.key} className={lit === box.key ? "report__box is-lit" : "report__box"} title={box.label} aria-hidden="true"
              onMouseEnter={() => setLit(box.key)}
              style={{ left: `${box.x}%`, top: `${box.y}%`, width: `${box.width}%`, height: `${box.height}%` }} />
          ))}
        </div>
        <p className="tiny muted">{shown.strategy}</p>
      </div>
      <div ref={lines} className="report__found">
        <table className="table report__lines" aria-label="Values found">
          <thead><tr><th scope="col">Printed as</th><th scope="col">Becomes</th><th scope="col">Value</th><th scope="col">Sure</th></tr></thead>
          <tbody>
            {report.lines.map((line) => (
              <tr key={line.key} data-line={line.key} className={lit === line.key ? "is-lit" : ""}
                onMouseEnter={() => light(line.key, line.page)}>
                <td>
                  <button type="button" className="report__label" onFocus={() => light(line.key, line.page)} onClick={() => light(line.key, line.page)}>
                    {line.label}<span className="visually-hidden">{line.page ? `, page ${line.page}` : ""}</span>
                  </button>
                </td>
                <td>{line.target}</td><td className="report__value">{line.text}</td>
                <td><Sure level={line.level} percent={line.percent} words={line.sure} /></td>
              </tr>
            ))}
          </tbody>
        </table>
        {report.findings.length ? (
          <div>
            <h2 className="report__title">Findings</h2>
            <table className="table report__lines" aria-label="Findings">
              <thead><tr>{report.finding_heads.map((head) => <th key={head} scope="col">{head}</th>)}</tr></thead>
              <tbody>
                {report.findings.map((row) => (
                  <tr key={row.key} data-line={row.key} className={lit === row.key ? "is-lit" : ""} onMouseEnter={() => light(row.key, row.page)}>
                    {row.cells.map((cell, n) => <td key={n}>{cell}</td>)}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        ) : null}
      </div>
    </div>
  );
}
