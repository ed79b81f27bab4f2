// Where samples are dropped: each file is sent by a request of its own, so that each has a bar and can be stopped.
import { useEffect, useId, useRef, useState } from "react";

const AT_ONCE = 3;

const sized = (bytes) =>
  bytes < 1000 ? `${bytes} B` : bytes < 1e6 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

const refusal = (request) => {
  try {
    const body = JSON.parse(request.responseText);
    return body;
  } catch {
    return { code: request.status === 413 ? "core.too_large" : "core.unknown" };
  }
};

function send(address, job, { onProgress, onDone, onRefused }) {
  const request = new XMLHttpRequest();
  const form = new FormData();
  form.append("file", job.file, job.file.name);
  request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
  request.onload = () => (request.status < 300 ? onDone() : onRefused(refusal(request)));
  request.onerror = () => onRefused({ code: "core.unknown" });
  request.open("POST", address);
  request.setRequestHeader("Idempotency-Key", job.key);
  request.send(form);
  return request;
}

export function SampleDrop({ address, label, hint, accept, disabled, onSent, onRefused }) {
  const [jobs, setJobs] = useState([]);
  const [over, setOver] = useState(false);
  const requests = useRef(new Map());
  const input = useRef(null);
  const help = useId();

  const change = (key, part) => setJobs((now) => now.map((job) => (job.key === key ? { ...job, ...part } : job)));
  const drop = (key) => {
    requests.current.delete(key);
    setJobs((now) => now.filter((job) => job.key !== key));
  };
  const add = (files) => {
    if (disabled) return;
    const fresh = [...files].map((file) => ({ key: crypto.randomUUID(), file, share: 0, state: "queued" }));
    setJobs((now) => [...now, ...fresh]);
  };
  const stop = (key) => {
    requests.current.get(key)?.abort();
    drop(key);
  };

  useEffect(() => {
    const free = AT_ONCE - requests.current.size;
    jobs.filter((job) => job.state === "queued").slice(0, Math.max(0, free)).forEach((job) => {
      requests.current.set(job.key, send(address, job, {
        onProgress: (share) => change(job.key, { share }),
        onDone: () => {
          drop(job.key);
          onSent?.();
        },
        onRefused: (error) => {
          drop(job.key);
          onRefused?.(job.file.name, error.code ?? "core.unknown", error.facts ?? {});
        },
      }));
      change(job.key, { state: "sending" });
    });
  }, [jobs, address]);

  useEffect(() => {
    const open = requests.current;
    const pasted = (event) => {
      const files = event.clipboardData?.files;
      if (files?.length) add(files);
    };
    window.addEventListener("paste", pasted);
    return () => {
      window.removeEventListener("paste", pasted);
      open.forEach((request) => request.abort());
    };
  }, [disabled]);

  const dropped = (event) => {
    event.preventDefault();
    setOver(false);
    add(event.dataTransfer.files);
  };
  return (
    <div className="drop">
      <label className={over ? "drop__zone drop__zone--over" : "drop__zone"} data-disabled={disabled || undefined}
        onDragOver={(event) => { event.preventDefault(); if (!disabled) setOver(true); }}
        onDragLeave={() => setOver(false)} onDrop={dropped}>
        <input ref={input} type="file" multiple accept={accept} disabled={disabled} aria-label={label} aria-describedby={help}
          className="drop__input" onChange={(event) => { add(event.target.files); event.target.value = ""; }} />
        <span className="drop__label">{label}</span>
        <span id={help} className="drop__hint">{hint}</span>
      </label>
      {jobs.length ? (
        <ul className="files" aria-label="On their way">
          {jobs.map((job) => (
            <li key={job.key} className="file file--sending">
              <span className="file__body">
                <span className="file__name">{job.file.name}</span>
                <span className="file__words muted">
                  {job.state === "queued" ? "Waits its turn, " : job.share < 1 ? `Sent ${Math.round(100 * job.share)} % of ` : "Being stored, "}
                  {sized(job.file.size)}
                </span>
                <progress className="bar-line" aria-label={`Sending ${job.file.name}`} value={job.share} max={1} />
              </span>
              <button type="button" className="button button--words" onClick={() => stop(job.key)}>
                Cancel<span className="visually-hidden"> {job.file.name}</span>
              </button>
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}
