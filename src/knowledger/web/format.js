/** Figures as people read them. */

import { h } from "./dom.js";

const GROUPED = new Intl.NumberFormat("en");
const SHORT = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const ABSOLUTE = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "long" });
const SPANS = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
];
const SIZES = ["B", "kB", "MB", "GB", "TB", "PB"];

export const count = (number) => (number === null || number === undefined ? "–" : GROUPED.format(number));
export const short = (number) => SHORT.format(number);
export const counted = (number, noun, plural = `${noun}s`) => `${count(number)} ${number === 1 ? noun : plural}`;

export function size(bytes) {
  if (bytes === null || bytes === undefined) return "–";
  const power = Math.min(SIZES.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3));
  const scaled = bytes / 1000 ** power;
  return `${power && scaled < 100 ? scaled.toFixed(1) : Math.round(scaled)} ${SIZES[power]}`;
}

export function duration(seconds) {
  if (seconds < 0.9995) return `${Math.max(1, Math.round(seconds * 1000))} ms`;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export const between = (from, to) => (from && to ? duration((Date.parse(to) - Date.parse(from)) / 1000) : "–");

/** A moment, told relative to the present; its title is the exact time. */
export function when(iso) {
  if (!iso) return h("span", { class: "quiet" }, "–");
  return h("time", { datetime: iso, title: ABSOLUTE.format(new Date(iso)) }, relative(iso));
}

/** Keeps every shown moment true while the page stays open. */
export function keepTimesTrue() {
  setInterval(() => {
    for (const node of document.querySelectorAll("time[datetime]")) {
      const text = relative(node.dateTime);
      if (node.textContent !== text) node.textContent = text;
    }
  }, 10_000);
}

function relative(iso) {
  const seconds = (Date.parse(iso) - Date.now()) / 1000;
  if (Math.abs(seconds) < 45) return "just now";
  const [unit, length] = SPANS.find(([, length]) => Math.abs(seconds) >= length) ?? SPANS.at(-1);
  return RELATIVE.format(Math.round(seconds / length), unit);
}
