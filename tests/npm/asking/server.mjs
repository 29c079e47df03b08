/** Where to ask, as whom and what: the arguments of every script here. */

export const [url, key, graph, question, ...rest] = process.argv.slice(2);

export const report = (seen) => process.stdout.write(`${JSON.stringify(seen)}\n`);
