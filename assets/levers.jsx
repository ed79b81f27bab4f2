// A lever that shows where it would stand before it is moved: nothing happens while it is dragged.
import { useEffect, useState } from "react";

// As many digits as a step has; without a step as many as matter.
const rounded = (number, step) =>
  step === "any" ? String(Number(Number(number).toFixed(4))) : Number(number).toFixed((String(step).split(".")[1] ?? "").length);

const SHARE = "share of 1"; // shown in percent, sent as it is

export function LeverSlider({ path, label, low, high, step, value, unit, baseline, disabled, onMove }) {
  const [at, setAt] = useState(Number(value));
  useEffect(() => setAt(Number(value)), [value]);
  const isShare = unit === SHARE;
  const figure = (number) => (isShare ? `${rounded(100 * number, "any")} %` : rounded(number, step));
  const text = (number) => (unit && !isShare ? `${figure(number)} ${unit}` : figure(number));
  const moved = Math.abs(at - Number(value)) > 1e-9;
  const share = Number(high) > Number(low) ? (Number(baseline) - Number(low)) / (Number(high) - Number(low)) : 0;
  const inside = baseline !== "" && share >= 0 && share <= 1;
  const send = (event) => {
    event.preventDefault();
    if (moved) onMove?.(path, rounded(at, step));
  };
  return (
    <form className="slider" onSubmit={send}>
      <div className="slider__track">
        <input type="range" aria-label={label} aria-valuetext={text(at)} min={low} max={high} step={step} value={at}
          disabled={disabled} onChange={(event) => setAt(Number(event.target.value))}
          onKeyDown={(event) => event.key === "Escape" && setAt(Number(value))} />
        {inside ? <span className="slider__baseline" style={{ "--at": share }} title={`Last approved: ${text(baseline)}`} /> : null}
      </div>
      <div className="slider__ends" aria-hidden="true"><span>{figure(low)}</span><span>{figure(high)}</span></div>
      {moved ? (
        <div className="slider__act">
          <button type="submit" className="button button--primary button--small">Move to {text(at)}</button>
          <button type="button" className="button button--words" onClick={() => setAt(Number(value))}>Leave it</button>
        </div>
      ) : null}
    </form>
  );
}
