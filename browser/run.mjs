// Runs browser/*.test.mjs (or those whose file names hold one of the words given) one after another, each
// file against a demo of its own, so that a clock moved in one does not change another.
//
//   cargo build && npm --prefix browser ci && node browser/run.mjs [WORD...]
//
// FAIRWATCH_SCREENSHOTS=FOLDER keeps the pictures; FAIRWATCH_TEST_CHROMIUM names another browser;
// FAIRWATCH_TEST_DEMO=FOLDER keeps the demo, which takes half a minute to make, from one run to the next.
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Suite } from "./harness.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const words = process.argv.slice(2);
const files = readdirSync(here)
  .filter((name) => name.endsWith(".test.mjs"))
  .filter((name) => words.length === 0 || words.some((word) => name.includes(word)))
  .sort();

const suite = new Suite();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, async () => {
    await suite.close();
    process.exit(1);
  });
}

try {
  for (const name of files) {
    await suite.runFile(name, pathToFileURL(join(here, name)).href);
  }
} finally {
  await suite.close();
}
if (!suite.temporary || suite.failed > 0) console.log(`\nscreenshots: ${suite.screenshots}`);
console.log(`${suite.passed} passed, ${suite.failed} failed`);
process.exit(suite.failed === 0 && suite.passed > 0 ? 0 : 1);
