/** A progress bar that never lies: without a known share it only says that work goes on. */

import { h } from "../dom.js";

export function bar(label) {
  const node = h("div", {
    class: "bar",
    role: "progressbar",
    "aria-label": label,
    "aria-valuemin": 0,
    "aria-valuemax": 100,
  });
  return {
    node,
    /** `percent` is null when nobody knows; `tone` is the status that colours it. */
    update(percent, tone = "running") {
      const isKnown = percent !== null && percent !== undefined;
      node.dataset.tone = tone;
      node.classList.toggle("is-unknown", !isKnown);
      node.style.setProperty("--done", isKnown ? `${Math.min(100, Math.max(0, percent))}%` : "100%");
      if (isKnown) node.setAttribute("aria-valuenow", Math.round(percent));
      else node.removeAttribute("aria-valuenow");
    },
  };
}
