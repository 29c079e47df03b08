/** A query's answer, no more of it than a page can hold. */

import { parse } from "./api.js";

const MOST_CHARACTERS = 16 * 2 ** 20;
const STRING_OR_BRACKET = /"(?:[^"\\]|\\.)*(?:"|$)|[{}[\]]/g;

/** The JSON answer; one that is too long is cut after a whole row and says `isCut`. */
export async function readAnswer(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (text.length <= MOST_CHARACTERS) {
    const { done, value } = await reader.read();
    if (done) return parse(text);
    text += value;
  }
  reader.cancel().catch(() => {});
  const cut = parse(`${wholeRows(text)}]}`);
  return { ...cut, row_count: cut.data.length, isCut: true };
}

/** `{"columns":[…],"data":[{…},{…}` up to its last complete row: rows stand two brackets deep. */
function wholeRows(text) {
  let depth = 0;
  let end = text.indexOf('"data":[') + '"data":['.length;
  for (const { 0: found, index } of text.matchAll(STRING_OR_BRACKET)) {
    if (found === "{" || found === "[") depth += 1;
    else if (found === "}" || found === "]") depth -= 1;
    if (found === "}" && depth === 2) end = index + 1;
  }
  return text.slice(0, end);
}
