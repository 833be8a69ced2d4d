// Parses the files that are named, or standard input, with Mermaid's own
// parser. Prints one line for each: its diagram type, or what is wrong.
import { readFileSync } from 'node:fs';
import { JSDOM } from 'jsdom';

// Mermaid cleans labels with DOMPurify, which needs a document; it takes the
// one it finds when it is loaded.
globalThis.window = new JSDOM('').window;
const { default: mermaid } = await import('mermaid');

const names = process.argv.length > 2 ? process.argv.slice(2) : ['-'];
for (const name of names) {
  try {
    const { diagramType } = await mermaid.parse(readFileSync(name === '-' ? 0 : name, 'utf8'));
    console.log(`${name}: ${diagramType}`);
  } catch (error) {
    console.log(`${name}: ${error.message}`);
    process.exitCode = 1;
  }
}
