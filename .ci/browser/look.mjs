// Opens every kind of page in Chromium: wide, narrow, dark, printed, and by keyboard. Fails on what must not be: scripts,
// requests to anywhere else, pages wider than the screen, and whatever axe finds serious.
//
// Usage: node look.mjs http://ADDRESS DIR

import { createRequire } from "node:module";
import { statSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const [address, shots] = process.argv.slice(2);
const failures = [];
const wanted = (is, what) => {
    if (!is) failures.push(what);
};

const WIDE = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844 };

const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });

async function open(path, { viewport = WIDE, colorScheme = "light", javaScriptEnabled = true } = {}) {
    // axe is put into the page from outside, which the page's own policy would forbid.
    const context = await browser.newContext({ viewport, colorScheme, javaScriptEnabled, bypassCSP: true });
    const page = await context.newPage();
    page.on("request", (request) => wanted(request.url().startsWith(address), `${path} asked for ${request.url()}`));
    page.on("pageerror", (error) => failures.push(`${path}: ${error}`));
    const response = await page.goto(address + path, { waitUntil: "load" });
    wanted(response.status() === 200, `${path} answered ${response.status()}`);
    return page;
}

async function look(name, path, how = {}) {
    const page = await open(path, how);
    const scripts = await page.locator("script").count();
    wanted(scripts === 0, `${name} has ${scripts} scripts`);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    wanted(width <= (how.viewport ?? WIDE).width, `${name} is ${width} pixels wide`);
    await page.screenshot({ path: join(shots, `${name}.png`), fullPage: false });
    await page.addScriptTag({ path: axe });
    const { violations } = await page.evaluate(() => window.axe.run());
    const grave = violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
    for (const { id, impact, help, nodes } of grave) {
        failures.push(`${name}: axe ${impact} ${id}: ${help}: ${nodes.length} times, first ${nodes[0].html.slice(0, 200)}`);
    }
    console.log(`${name}: ${violations.length} findings of axe, ${grave.length} serious`);
    await page.context().close();
}

// What there is to look at: the first unit and the first source that the overview and the lists lead to.
const first = await open("/");
const unit = await first.locator('a[href^="/units/"]').first().getAttribute("href");
await first.goto(`${address}/sources?standing=overdue`);
const source = await first.locator('a[href^="/sources/"]').first().getAttribute("href");
await first.goto(`${address}/bulletins`);
const bulletin = await first.locator('a[href^="/bulletins/"]').first().getAttribute("href");
await first.context().close();

const pages = {
    overview: "/",
    unit,
    source,
    sources: "/sources",
    search: `/sources?q=${encodeURIComponent("规划")}`,
    alerts: "/alerts",
    findings: "/findings",
    bulletins: "/bulletins",
};
for (const [name, path] of Object.entries(pages)) {
    await look(name, path);
    await look(`${name}-dark`, path, { colorScheme: "dark" });
    await look(`${name}-phone`, path, { viewport: PHONE });
}
await look("bulletin", bulletin);

// Searching, as a person does it, without any script running.
const searching = await open("/", { javaScriptEnabled: false });
await searching.locator('input[name="q"]').first().fill("规划");
await searching.locator('input[name="q"]').first().press("Enter");
await searching.waitForURL("**/sources?**");
wanted(await searching.locator('a[href^="/sources/"]').count() > 0, "a search from the overview finds nothing");
await searching.context().close();

// By keyboard: what has the focus can be seen, and the first thing to be reached leads past the head.
const keys = await open("/");
await keys.keyboard.press("Tab");
const focused = await keys.evaluate(() => {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(document.activeElement);
    return { name: document.activeElement.tagName, outlineStyle, outlineWidth, boxShadow };
});
wanted(focused.name === "A", `the first Tab reaches ${focused.name}`);
wanted(focused.outlineStyle !== "none" || focused.boxShadow !== "none", "what has the focus cannot be seen");
await keys.context().close();

for (const [name, path] of [["overview", "/"], ["source", source]]) {
    const printed = await open(path);
    const file = join(shots, `${name}.pdf`);
    await printed.pdf({ path: file, format: "A4", printBackground: true });
    wanted(statSync(file).size > 10_000, `${name} prints as nothing`);
    await printed.context().close();
}

await browser.close();
for (const failure of failures) console.error(`FAILED ${failure}`);
console.log(`${failures.length} failures; screenshots are in ${shots}`);
process.exitCode = failures.length === 0 ? 0 : 1;
