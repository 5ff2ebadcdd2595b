// What every browser test leans on: a demo of its own, a browser, and pages that watch themselves. A page
// that logs an error, breaks the content security policy, or asks another host for anything fails its test.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Width and height of the two screens that matter: a telephone and a desk. */
export const PHONE = { width: 390, height: 844 };
export const DESK = { width: 1280, height: 900 };

const TEST_LIMIT_MS = 120_000;
const STEP_LIMIT_MS = 15_000;
const DEMO_LIMIT_MS = 180_000;

let registered = [];

/** Registers a test. `body` gets a `Walk`. Name the requirement ids that it proves in `name`. */
export function test(name, body) {
  registered.push({ name, body });
}

/**
 * The demo as delivered, made once for all files: the demo itself only ever copies from it. A folder that the
 * environment names keeps it from one run to the next, for whoever writes tests.
 */
class Pristine {
  static async make() {
    const chosen = process.env.FAIRWATCH_TEST_DEMO;
    const made = new Pristine();
    made.temporary = !chosen;
    made.folder = chosen ? resolve(chosen) : mkdtempSync(join(tmpdir(), "fairwatch-pristine."));
    mkdirSync(made.folder, { recursive: true });
    try {
      if (!existsSync(join(made.path, "personas.json"))) {
        const began = performance.now();
        const demo = await Demo.over(made.folder);
        await demo.end();
        console.log(`made the demo (${((performance.now() - began) / 1000).toFixed(1)} s)`);
      }
      rmSync(join(made.folder, "live"), { recursive: true, force: true });
    } catch (error) {
      made.remove();
      throw error;
    }
    return made;
  }

  get path() {
    return join(this.folder, "pristine");
  }

  remove() {
    if (this.temporary) rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The demo's process, on a port of its own with its data in a temporary folder. */
class Demo {
  static async start(pristine) {
    const folder = mkdtempSync(join(tmpdir(), "fairwatch-demo."));
    symlinkSync(pristine.path, join(folder, "pristine"));
    try {
      const demo = await Demo.over(folder);
      demo.temporary = true;
      return demo;
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** A demo over a folder, which it fills where nothing is in it. */
  static async over(folder) {
    const target = resolve(ROOT, process.env.CARGO_TARGET_DIR ?? "target");
    const binary = process.env.FAIRWATCH_TEST_BINARY ?? join(target, "debug", "fairwatch");
    if (!existsSync(binary)) throw new Error(`${binary} is missing: run cargo build first`);
    const demo = new Demo();
    demo.folder = folder;
    demo.output = "";
    demo.process = spawn(binary, ["demo", "--port", "0", "--data", folder], {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, NO_COLOR: "1" },
    });
    demo.exited = new Promise((done) => demo.process.once("close", done));
    try {
      demo.base = await new Promise((found, failed) => {
        const late = setTimeout(() => failed(new Error("the demo did not start in time")), DEMO_LIMIT_MS);
        const read = (chunk) => {
          demo.output += chunk;
          const line = /^Fairwatch demo: (http:\/\/[^\s/]+)\/?/m.exec(demo.output);
          if (line) {
            clearTimeout(late);
            found(line[1]);
          }
        };
        demo.process.stdout.on("data", read);
        demo.process.stderr.on("data", read);
        demo.process.once("error", failed);
        demo.exited.then((code) => failed(new Error(`the demo ended with ${code} before it served`)));
      });
    } catch (error) {
      error.message += `\n${demo.output}`;
      await demo.end();
      throw error;
    }
    return demo;
  }

  async end() {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      this.process.kill("SIGTERM");
      const hard = setTimeout(() => this.process.kill("SIGKILL"), 5_000);
      await this.exited;
      clearTimeout(hard);
    }
  }

  async stop() {
    await this.end();
    if (this.temporary) rmSync(this.folder, { recursive: true, force: true });
  }
}

/** One test's way through the pages. */
class Walk {
  constructor(suite, base, label) {
    this.suite = suite;
    this.base = base;
    this.label = label;
    this.contexts = [];
    // The scheme in which somebody signed in, and whether the clock was moved since.
    this.slugs = new Map();
    this.moved = false;
    this.troubles = [];
  }

  /**
   * A page in a browser context of its own (its own cookies): `{ screen: PHONE, script: false }`.
   * `expect` lists what is allowed to go wrong, as pieces of its message, such as "404".
   */
  async open({ screen = DESK, script = true, path = "/", expect = [] } = {}) {
    const context = await this.suite.browser.newContext({
      viewport: screen,
      deviceScaleFactor: 1,
      hasTouch: screen.width < 600,
      javaScriptEnabled: script,
      locale: "en-GB",
      timezoneId: "Europe/London",
      baseURL: this.base,
    });
    this.contexts.push(context);
    context.setDefaultTimeout(STEP_LIMIT_MS);
    const page = await context.newPage();
    const trouble = (what) => {
      if (!expect.some((piece) => what.includes(piece))) this.troubles.push(what);
    };
    page.on("pageerror", (error) => trouble(`script error: ${error.message}`));
    page.on("console", (message) => {
      if (message.type() === "error") trouble(`console: ${message.text()}`);
    });
    page.on("request", (request) => {
      const url = request.url();
      if (!url.startsWith(`${this.base}/`) && !/^(data|blob|about):/.test(url)) trouble(`asks another host: ${url}`);
    });
    page.on("response", (response) => {
      if (response.status() >= 500) trouble(`${response.status()} from ${new URL(response.url()).pathname}`);
    });
    if (path) await page.goto(path);
    return page;
  }

  async end() {
    for (const context of this.contexts) await context.close();
    if (this.troubles.length > 0) throw new Error(`the pages complained:\n  ${this.troubles.join("\n  ")}`);
  }

  /** Presses the demo's one-click sign-in of a persona, named by its id or by words of its button. */
  signInAs = async (page, persona) => {
    await page.goto("/");
    // The bar above has a folded form of the same kind.
    const forms = page.locator('main form[action="/demo/sign-in"]');
    const byId = forms.locator(`button[value="${persona}"]`);
    const byHidden = forms.filter({ has: page.locator(`input[value="${persona}"]`) }).getByRole("button");
    const byWords = forms.getByRole("button", { name: persona });
    for (const button of [byId, byHidden, byWords]) {
      if ((await button.count()) > 0) {
        await Promise.all([page.waitForURL((url) => url.pathname !== "/"), button.first().click()]);
        const slug = new URL(page.url()).pathname.match(/^\/o\/([^/]+)/)?.[1];
        if (slug) this.slugs.set(page.context(), slug);
        if (this.moved && (await this.agree(page.context()))) await page.goto(`/o/${slug}`);
        return;
      }
    }
    const offered = await forms.getByRole("button").evaluateAll((buttons) => buttons.map((button) => button.value));
    throw new Error(`the demo's first page offers no sign-in as ${persona}; it offers ${offered.join(", ")}`);
  };

  /**
   * Reads and agrees to whatever asks, as somebody does whose period is over or to whom a text is new since the clock was
   * moved (MEM-3). Tests about that do it on the page. True where something asked.
   */
  agree = async (context) => {
    const slug = this.slugs.get(context);
    if (!slug) return false;
    const address = `${this.base}/o/${slug}/certify`;
    const page = await context.request.get(address);
    const asked = [...(await page.text()).matchAll(/name="agree" value="([^"]+)"/g)].map((found) => found[1]);
    if (asked.length === 0) return false;
    const data = asked.map((value) => `agree=${encodeURIComponent(value)}`).join("&");
    await context.request.post(address, { data, headers: { "content-type": "application/x-www-form-urlencoded" } });
    return true;
  };

  /**
   * Moves the demo's clock as its form does: to a day ("2027-03-01"), or by what one of its buttons says
   * ("reset" takes it back). The page is then where the clock's form sends it.
   */
  moveClock = async (page, target) => {
    const form = page.locator('form[action="/demo/clock"]');
    if (!/^\d{4}-\d\d-\d\d$/.test(target)) {
      const button = form.locator(`button[value="${target}"]`).first();
      // The bar's controls may be folded away.
      if (!(await button.isVisible())) await page.locator("details:has(form[action='/demo/clock']) > summary").click();
      await Promise.all([page.waitForEvent("load"), button.click()]);
      await this.agreeAll(page);
      return;
    }
    const day = form.locator('input[name="to"]').first();
    if (!(await day.isVisible())) await page.locator("details:has(form[action='/demo/clock']) > summary").click();
    await day.fill(target);
    // Enter presses a form's first button; the day's own stands beside it.
    await Promise.all([page.waitForEvent("load"), day.locator("xpath=following-sibling::button").click()]);
    await this.agreeAll(page);
  };

  /** After the clock was moved everybody who is signed in agrees; who moved it goes on to where they were led. */
  agreeAll = async (page) => {
    this.moved = true;
    let led = null;
    for (const context of this.contexts) {
      const asked = await this.agree(context);
      if (asked && context === page.context()) led = new URL(page.url()).searchParams.get("then");
    }
    if (led) await page.goto(led);
  };

  /** Fails where axe finds anything wrong with the page as it stands. */
  axe = async (page) => {
    const session = await page.context().newCDPSession(page);
    try {
      // A world apart: the page's own policy forbids foreign script, and must go on doing so.
      const { frameTree } = await session.send("Page.getFrameTree");
      const { executionContextId: contextId } = await session.send("Page.createIsolatedWorld", {
        frameId: frameTree.frame.id,
        worldName: "axe",
      });
      const evaluate = async (expression) => {
        const answer = await session.send("Runtime.evaluate", {
          expression,
          contextId,
          awaitPromise: true,
          returnByValue: true,
        });
        if (answer.exceptionDetails) {
          throw new Error(answer.exceptionDetails.exception?.description ?? answer.exceptionDetails.text);
        }
        return answer.result.value;
      };
      // Timers stand still in a page without script: there, what axe puts off is done at once.
      await evaluate("globalThis.setTimeout = (later, _, ...rest) => (queueMicrotask(() => later(...rest)), 0)");
      if (!(await evaluate("Boolean(globalThis.axe)"))) await evaluate(`${AXE};void 0`);
      const { violations } = await evaluate(`axe.run(document, { resultTypes: ["violations"] })`);
      if (violations.length > 0) {
        const list = violations.map((violation) => {
          const places = violation.nodes.slice(0, 3).map((node) => `      ${node.html}\n      ${node.failureSummary}`);
          return `  ${violation.id} (${violation.impact}): ${violation.help}\n${places.join("\n")}`;
        });
        throw new Error(`axe on ${new URL(page.url()).pathname}:\n${list.join("\n")}`);
      }
    } finally {
      await session.detach();
    }
  };

  /** Nothing may be wider than the screen: a sideways scroll on a telephone is a fault. */
  fits = async (page) => {
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (wide > 0) throw new Error(`${new URL(page.url()).pathname} is ${wide} px wider than the screen`);
  };

  /** Keeps a picture of the whole page under the name given, where pictures are asked for. */
  screenshot = async (page, name) => {
    if (this.suite.temporary) return;
    await page.screenshot({ path: join(this.suite.screenshots, `${name}.png`), fullPage: true });
  };

  /** What each page gets: axe, no sideways scroll, and a picture. */
  look = async (page, name) => {
    await this.fits(page);
    await this.axe(page);
    await this.screenshot(page, name);
  };
}

/** All files' tests, one browser for all, one demo for each file. */
export class Suite {
  passed = 0;
  failed = 0;
  browser = null;
  pristine = null;
  demo = null;

  constructor() {
    const chosen = process.env.FAIRWATCH_SCREENSHOTS;
    this.screenshots = chosen ? resolve(chosen) : mkdtempSync(join(tmpdir(), "fairwatch-screenshots."));
    this.temporary = !chosen;
    mkdirSync(this.screenshots, { recursive: true });
  }

  async launch() {
    const asRoot = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
    this.browser ??= await chromium.launch({
      executablePath: process.env.FAIRWATCH_TEST_CHROMIUM || "/usr/bin/chromium",
      args: [
        ...asRoot,
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    });
  }

  async runFile(name, href) {
    registered = [];
    console.log(`\n${name}`);
    try {
      await import(href);
      await this.launch();
      this.pristine ??= await Pristine.make();
      this.demo = await Demo.start(this.pristine);
    } catch (error) {
      this.report(false, "starts", 0, error);
      return;
    }
    for (const { name: label, body } of registered) await this.runTest(name, label, body);
    await this.demo.stop();
    this.demo = null;
  }

  async runTest(file, label, body) {
    const began = performance.now();
    const walk = new Walk(this, this.demo.base, label);
    let limit;
    let wrong = null;
    try {
      const late = new Promise((_, failed) => {
        limit = setTimeout(() => failed(new Error(`took longer than ${TEST_LIMIT_MS / 1000} s`)), TEST_LIMIT_MS);
      });
      await Promise.race([body(walk), late]);
    } catch (error) {
      wrong = error;
      const name = `failed-${file}-${label}`.replace(/[^a-z0-9]+/gi, "-").slice(0, 100);
      const page = walk.contexts.at(-1)?.pages().at(-1);
      await page?.screenshot({ path: join(this.screenshots, `${name}.png`), fullPage: true }).catch(() => {});
    } finally {
      clearTimeout(limit);
    }
    await walk.end().catch((error) => {
      if (wrong) wrong.message += `\n${error.message}`;
      else wrong = error;
    });
    this.report(wrong === null, label, performance.now() - began, wrong);
  }

  report(fine, label, took, error) {
    if (fine) this.passed += 1;
    else this.failed += 1;
    console.log(`  ${fine ? "ok  " : "FAIL"} ${label} (${(took / 1000).toFixed(1)} s)`);
    if (error) console.log(String(error.stack ?? error).replace(/^/gm, "       "));
    if (error && this.demo?.output) console.log(this.demo.output.slice(-2000).replace(/^/gm, "       demo: "));
  }

  async close() {
    // Where nobody asked for pictures there are those of what failed.
    if (this.temporary && this.failed === 0) rmSync(this.screenshots, { recursive: true, force: true });
    await this.demo?.stop();
    await this.browser?.close();
    this.pristine?.remove();
    this.demo = null;
    this.browser = null;
    this.pristine = null;
  }
}
