// What a scheme publishes, as anybody reads it: without an account, a cookie or a script (NOT-2, POL-4, PUB-1).
import assert from "node:assert/strict";
import { DESK, PHONE, test } from "./harness.mjs";
import { OTHER, SCHEME } from "./steps.mjs";

const TEXTS = ["reported", "members", "public", "processing", "legitimate-interests", "policy-document", "record"];

for (const [device, screen] of Object.entries({ phone: PHONE, desk: DESK })) {
  test(`NOT-2: each notice is open to anybody on a ${device}, without cookie or script`, async (walk) => {
    const page = await walk.open({ screen, script: device === "desk", path: "/sign-in" });
    await page.locator("footer").getByRole("link", { name: "Privacy notices" }).click();
    await page.waitForURL("**/notices");
    await walk.look(page, `notices-all-${device}`);
    await page.goto(`/o/${SCHEME}/notices`);
    assert.deepEqual(
      await page.locator("main .due .text a").evaluateAll((links) => links.map((link) => link.getAttribute("href"))),
      [...TEXTS.map((name) => `/o/${SCHEME}/notices/${name}`), `/o/${SCHEME}/policy`],
    );
    await walk.look(page, `notices-${device}`);
    for (const name of TEXTS) {
      await page.goto(`/o/${SCHEME}/notices/${name}`);
      assert.equal(await page.locator("h1").count(), 1);
      const targets = await page.locator(".toc ol a").evaluateAll((links) => links.map((link) => link.hash));
      assert.ok(targets.length >= 4, `${name} has its parts listed`);
      for (const target of targets) assert.equal(await page.locator(target).count(), 1, `${name}${target}`);
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      assert.ok(wider <= 0, `${name} is ${wider} px wider than the screen`);
      await walk.look(page, `notice-${name}-${device}`);
    }
    assert.deepEqual(await page.context().cookies(), [], "no cookie is set");
  });
}

test("POL-4: the notice says what the scheme's own policy says", async (walk) => {
  const page = await walk.open({ path: `/o/${OTHER}/notices/reported` });
  const text = await page.locator("article").innerText();
  assert.match(text, /We hold nobody who is under 14/);
  assert.match(text, /24 months from the day of that report/);
  assert.match(text, /info@cheltenham-safe\.org/);
  await walk.look(page, "notice-other");
});
