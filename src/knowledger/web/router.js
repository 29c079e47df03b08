/** From the address's hash to a page. */

const routes = [];

/** `pattern` is a path such as `/graphs/:graph/files`; `page({params, signal})` gives `{title, node}`. */
export function route(pattern, page) {
  const source = pattern.replace(/:(\w+)/g, "(?<$1>[^/]+)");
  routes.push({ expression: new RegExp(`^${source}/?$`), page });
}

/** The page for a hash and its parameters, or null. */
export function match(hash) {
  const path = hash.replace(/^#/, "").split("?")[0] || "/";
  for (const { expression, page } of routes) {
    const found = expression.exec(path);
    if (found) return { page, path, params: decoded(found.groups ?? {}) };
  }
  return null;
}

/** A link to a page, its parts escaped: `href("graphs", id)`. */
export const href = (...parts) => `#/${parts.map(encodeURIComponent).join("/")}`;

export const go = (...parts) => {
  location.hash = href(...parts);
};

const decoded = (groups) => Object.fromEntries(Object.entries(groups).map(([name, text]) => [name, safeDecode(text)]));

function safeDecode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
