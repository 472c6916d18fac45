// Drives Chromium for tests/helpers/browser: one JSON object a line in, one out. Arguments: the folder of the npm
// packages, the program.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const [, , modules, program] = process.argv;
const require = createRequire(`${modules}/`);
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const browser = await chromium.launch({ executablePath: program, args: ["--no-sandbox", "--disable-gpu"] });
let page = null;
let problems = [];

const does = {
  async open({ url, width, height, scheme, motion, script, before }) {
    if (page) await page.context().close();
    problems = [];
    const context = await browser.newContext({
      viewport: { width, height }, colorScheme: scheme, reducedMotion: motion, javaScriptEnabled: script, offline: true,
    });
    page = await context.newPage();
    page.on("console", (message) => problems.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("dialog", (dialog) => { problems.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
    page.on("request", (request) => {
      if (request.url() !== url && !request.url().startsWith("data:")) problems.push(`request: ${request.url()}`);
    });
    if (before) await page.addInitScript(before);
    await page.goto(url);
    const ready = "!document.getElementById('data') || document.documentElement.dataset.ready";
    if (script) await this.wait({ code: ready });
  },
  evaluate: ({ code }) => page.evaluate(code),
  async wait({ code }) {
    const end = Date.now() + 20000;
    while (!(await page.evaluate(code))) { // page.waitForFunction() is against the content policy of our pages
      if (Date.now() > end) throw new Error(`never true: ${code}`);
      await new Promise((done) => setTimeout(done, 20));
    }
  },
  press: ({ key }) => page.keyboard.press(key),
  click: ({ selector, position }) => page.click(selector, { position: position ?? undefined }),
  picture: ({ path, whole }) => page.screenshot({ path, fullPage: whole }).then(() => null),
  problems: () => problems,
  async axe() {
    await page.evaluate(axe);
    const { violations } = await page.evaluate("axe.run()");
    return violations.map(({ id, impact, nodes }) => `${impact}: ${id}: ${nodes.map((node) => node.target).join(" ")}`);
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { does: name, ...given } = JSON.parse(line);
  try {
    const late = new Promise((_, fail) => setTimeout(() => fail(new Error(`${name} takes too long`)), 60000).unref());
    console.log(JSON.stringify({ found: (await Promise.race([does[name](given), late])) ?? null }));
  } catch (error) {
    console.log(JSON.stringify({ error: String(error) }));
  }
}
await browser.close();
