// Reads a feed with podcast-partytime and prints what it found, as one JSON document. The first argument is the
// folder that holds node_modules.
import { createRequire } from "node:module";

const [folder, url] = process.argv.slice(2);
const { parseFeed } = createRequire(`${folder}/`)("podcast-partytime");
const xml = await (await fetch(url)).text();
console.log(JSON.stringify(parseFeed(xml)));
