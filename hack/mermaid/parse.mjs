// Parses the flowcharts in the files that are named, or in standard input,
// with Mermaid's own parser. Prints one line for each: how many nodes it has,
// or what is wrong with it.
import { readFileSync } from 'node:fs';
import { JSDOM } from 'jsdom';

// Mermaid cleans labels with DOMPurify, which needs a document; it takes the
// one it finds when it is loaded.
globalThis.window = new JSDOM('').window;
const { default: mermaid } = await import('mermaid');

const names = process.argv.length > 2 ? process.argv.slice(2) : ['-'];
for (const name of names) {
  try {
    const text = readFileSync(name === '-' ? 0 : name, 'utf8');
    await mermaid.parse(text);
    const diagram = await mermaid.mermaidAPI.getDiagramFromText(text);
    console.log(`${name}: ${diagram.db.getVertices().size}`);
  } catch (error) {
    console.log(`${name}: ${error.message}`);
    process.exitCode = 1;
  }
}
