/** An answer's words: paragraphs, lists, **strong** text, `code`, and `[1]` as a link to what it cites. */

import { h } from "../dom.js";

const ITEM = /^\s*(?:[-*•]|\d+\.)\s+/;
const PARTS = /(\*\*[^*]+\*\*|`[^`]+`|\[\d{1,3}\])/;

/** `onCite(number)` is called when a reader follows a mark. */
export const prose = (text, onCite) => blocks(text).map((block) => shown(block, onCite));

function blocks(text) {
  const found = [];
  for (const paragraph of text.trim().split(/\n{2,}/)) {
    for (const line of paragraph.split("\n")) {
      const isItem = ITEM.test(line);
      const before = found.at(-1);
      if (before?.of === paragraph && before.isList === isItem) before.lines.push(line);
      else found.push({ of: paragraph, isList: isItem, lines: [line] });
    }
  }
  return found.filter(({ lines }) => lines.some((line) => line.trim()));
}

const shown = ({ isList, lines }, onCite) =>
  isList
    ? h(
        "ul",
        {},
        lines.map((line) => h("li", {}, inline(line.replace(ITEM, ""), onCite))),
      )
    : h(
        "p",
        {},
        lines.map((line, index) => [index > 0 && h("br"), inline(line.replace(/^#+\s*/, ""), onCite)]),
      );

const inline = (text, onCite) => text.split(PARTS).map((part) => piece(part, onCite));

function piece(part, onCite) {
  if (/^\*\*.+\*\*$/.test(part)) return h("strong", {}, part.slice(2, -2));
  if (/^`.+`$/.test(part)) return h("code", {}, part.slice(1, -1));
  const [, number] = /^\[(\d+)\]$/.exec(part) ?? [];
  if (!number) return part;
  const title = `Source ${number}`;
  return h("button", { type: "button", class: "cite", title, onclick: () => onCite(Number(number)) }, number);
}
