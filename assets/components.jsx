// The few controls that must answer without a round trip: the composer, clocks, layers.
import { useEffect, useLayoutEffect, useRef, useState } from "react";

// --- clocks -----------------------------------------------------------------------------------------------
// Every clock counts against the server's time, so that it reads the same on every screen.
let offset = 0;

export function ServerClock({ now }) {
  useEffect(() => {
    if (now) offset = Date.parse(now) - Date.now();
  }, [now]);
  return null;
}

const left = (until) => Math.max(0, Math.ceil((Date.parse(until) - Date.now() - offset) / 1000 - 0.2));

export function Countdown({ until, onEnd }) {
  const [seconds, setSeconds] = useState(() => left(until));
  const ended = useRef(null);
  useEffect(() => {
    let timer;
    const tick = () => {
      const now = left(until);
      setSeconds(now);
      if (now > 0) {
        timer = setTimeout(tick, 1000 - ((Date.now() + offset) % 1000) + 5);
      } else if (ended.current !== until) {
        ended.current = until;
        onEnd?.();
      }
    };
    tick();
    return () => clearTimeout(timer);
  }, [until]);
  const two = (value) => String(value).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const text = hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
  return <time dateTime={until} role="timer">{text}</time>;
}

const FORMS = {
  time: { hour: "numeric", minute: "2-digit" },
  day: { dateStyle: "medium" },
  full: { dateStyle: "medium", timeStyle: "short" },
};

// Moments come with data, never with the delivered page, so that there is no zone to disagree about.
export function LocalTime({ at, form }) {
  const text = at ? new Intl.DateTimeFormat(undefined, FORMS[form] ?? FORMS.time).format(new Date(at)) : "";
  return <time dateTime={at}>{text}</time>;
}

// --- conversation -----------------------------------------------------------------------------------------
export function Thread({ children, className, label }) {
  const ref = useRef(null);
  useEffect(() => {
    const thread = ref.current;
    // To the end, but never past the beginning of what was said last: a card below it may be taller than the thread.
    const follow = () => requestAnimationFrame(() => {
      const last = [...thread.querySelectorAll("article")].at(-1);
      const end = thread.scrollHeight - thread.clientHeight;
      const begins = last ? last.getBoundingClientRect().top - thread.getBoundingClientRect().top + thread.scrollTop : end;
      thread.scrollTo({ top: Math.min(end, Math.max(0, begins - 12)) });
    });
    const observer = new MutationObserver(follow);
    observer.observe(thread, { childList: true, subtree: true });
    follow();
    return () => observer.disconnect();
  }, []);
  return <div ref={ref} className={className} role="log" aria-live="polite" aria-label={label} tabIndex={0}>{children}</div>;
}

// What is being waited for: the shape at once, words as soon as it takes long. `said` names what is done just now.
export function Waiting({ said, slow, className }) {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 2000);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className={className}>
      <span className="thinking" aria-hidden="true"><i /><i /><i /></span>
      <p role="status" className="slow">{late ? said || slow : ""}</p>
    </div>
  );
}

const fresh = () => globalThis.crypto?.randomUUID?.() ?? `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}-${Math.random().toString(36).slice(2)}`;
const stored = {
  get: (name) => { try { return sessionStorage.getItem(name) ?? ""; } catch { return ""; } },
  set: (name, value) => { try { value ? sessionStorage.setItem(name, value) : sessionStorage.removeItem(name); } catch {} },
};
const parsed = (text) => { try { return JSON.parse(text) ?? {}; } catch { return {}; } };

// Words live in the browser until the server has answered them: no reload and no lost connection can eat them. What was
// sent keeps its key, so that sending the same words again is the same message.
export function Composer({ store, label, placeholder, sendLabel, busy, accepted, failed, onSend }) {
  const [text, setText] = useState("");
  const [sent, setSent] = useState({});
  const field = useRef(null);
  const keep = (value) => { setText(value); stored.set(store, value); };
  const keepSent = (value) => { setSent(value); stored.set(`${store}.sent`, value.words ? JSON.stringify(value) : ""); };
  const underWay = Boolean(sent.words) && !sent.failed;
  const queued = useRef(false); // Enter was pressed while an answer was on its way: it is sent as soon as it can be
  useEffect(() => {
    const before = parsed(stored.get(`${store}.sent`));
    setText(stored.get(store) || before.words || "");
    setSent(before.words ? { ...before, failed: true } : {});
  }, [store]);
  const seen = useRef({ accepted, failed });
  useEffect(() => {
    if (accepted !== seen.current.accepted) keepSent({});
    if (failed !== seen.current.failed) {
      if (!text) keep(sent.words ?? "");
      keepSent({ ...sent, failed: true });
      queued.current = false;
      field.current?.focus();
    }
    seen.current = { accepted, failed };
  }, [accepted, failed]);
  const send = (event) => {
    event?.preventDefault();
    const words = text.trim();
    queued.current = Boolean(words) && (busy || underWay);
    if (!words || queued.current) return;
    const message = { words, key: words === sent.words && sent.key ? sent.key : fresh() };
    keepSent(message);
    keep("");
    onSend(message.words, message.key);
  };
  useEffect(() => {
    if (queued.current && !busy && !underWay) send();
  }, [busy, underWay]);
  const press = (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) send(event);
  };
  return (
    <form className={`composer__box${underWay ? " composer__box--sent" : ""}`} onSubmit={send}>
      <textarea ref={field} rows={1} aria-label={label} placeholder={placeholder} value={text}
        maxLength={2000} enterKeyHint="send" onKeyDown={press} onChange={(event) => { queued.current = false; keep(event.target.value); }} />
      <button type="submit" className="composer__send" disabled={busy || underWay || !text.trim()} aria-label={sendLabel}>
        <svg width="20" height="20" viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="2"
          strokeLinecap="round" strokeLinejoin="round" aria-hidden="true"><path d="m5 12 7-7 7 7M12 19V5" /></svg>
      </button>
    </form>
  );
}

// A list whose entries glide to their new places, so that one sees what went where.
export function Ranked({ className, children }) {
  const ref = useRef(null);
  const places = useRef(new Map());
  useLayoutEffect(() => {
    const before = places.current;
    const now = new Map([...ref.current.children].filter((one) => one.id).map((one) => [one.id, one]));
    places.current = new Map([...now].map(([id, one]) => [id, { left: one.offsetLeft, top: one.offsetTop }]));
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    for (const [id, one] of now) {
      const was = before.get(id);
      const is = places.current.get(id);
      if (!was || (was.left === is.left && was.top === is.top)) continue;
      const from = `translate(${was.left - is.left}px, ${was.top - is.top}px)`;
      one.animate([{ transform: from }, { transform: "none" }], { duration: 180, easing: "ease-out" });
    }
  });
  return <ul ref={ref} className={className}>{children}</ul>;
}

// --- layers -----------------------------------------------------------------------------------------------
// An open layer is one step of the history, so that Back closes it and a shared address opens it again. The router
// never hears of these steps: it would load the page anew.
const topLayer = () => document.querySelector("dialog[open]");
const onStep = () => Boolean(history.state?.layer);
let path = null;
let own = ""; // the page's own query, which stays beneath a layer that has no address
let leaving = false;

const settle = () => {
  const layer = topLayer();
  const named = layer?.dataset.address ?? "";
  if (layer && (!onStep() || path !== location.pathname)) {
    path = location.pathname;
    own = named && location.search === named ? "" : location.search;
  }
  const address = named || own;
  if (layer && (onStep() ? location.search !== address : !named || location.search !== named)) {
    const step = { ...history.state, layer: true };
    onStep() ? history.replaceState(step, "", path + address) : history.pushState(step, "", path + address);
  } else if (!layer && onStep()) {
    leaving = true;
    history.back();
  } else if (!layer && path === location.pathname && location.search !== own) {
    history.replaceState(history.state, "", path + own);
  }
};

const popped = (event) => {
  const layer = topLayer();
  if (location.pathname !== path || !(leaving || layer)) return;
  event.stopImmediatePropagation();
  if (leaving) {
    leaving = false;
    settle();
  } else if (!onStep()) {
    layer.dispatchEvent(new Event("cancel", { cancelable: true }));
  }
};
if (typeof window !== "undefined") window.addEventListener("popstate", popped, true);

// The browser's own modal dialog: it traps focus, makes the page behind inert and gives the focus back.
export function Layer({ open, label, className, address, onDismiss, children }) {
  const ref = useRef(null);
  const was = useRef(false);
  useEffect(() => {
    const timer = open || was.current ? setTimeout(settle) : 0; // when all layers have opened and closed
    was.current = open;
    return () => clearTimeout(timer);
  }, [open, address]);
  useEffect(() => {
    const layer = ref.current;
    if (open && !layer.open) layer.showModal();
    if (!open && layer.open) layer.close();
  }, [open]);
  useEffect(() => {
    // What had the focus may be gone with the last step: stay inside.
    if (open && ref.current.open && !ref.current.contains(document.activeElement)) ref.current.focus();
  });
  const cancel = (event) => {
    event.preventDefault();
    onDismiss?.();
  };
  return (
    <dialog ref={ref} tabIndex={-1} aria-label={label} className={className} data-address={address} onCancel={cancel}
      onClose={() => open && onDismiss?.()}
      onMouseDown={(event) => event.target === ref.current && onDismiss?.()}>
      {open ? children : null}
    </dialog>
  );
}

// --- the connection ---------------------------------------------------------------------------------------
export function Connection({ lost }) {
  const [offline, setOffline] = useState(false);
  useEffect(() => {
    const look = () => setOffline(!navigator.onLine);
    look();
    window.addEventListener("online", look);
    window.addEventListener("offline", look);
    return () => {
      window.removeEventListener("online", look);
      window.removeEventListener("offline", look);
    };
  }, []);
  const words = offline
    ? "You are offline. What you write is kept here until you are back."
    : lost ? "The connection is lost. We are trying again; what you write is kept." : "";
  return <div role="status" className="connection">{words ? <p className="connection__words">{words}</p> : null}</div>;
}
