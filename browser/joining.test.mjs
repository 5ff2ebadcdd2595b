// A business applies on the public site, the board takes it in, and whoever applied comes in by mail (MEM-1, PUB-1, SEC-2).
import assert from "node:assert/strict";
import { PHONE, test } from "./harness.mjs";
import { SCHEME, follow, press } from "./steps.mjs";

for (const script of [true, false]) {
  test(`MEM-1, PUB-1: a business applies, is taken in and signs in by mail, ${script ? "with" : "without"} script`, async (walk) => {
    const page = await walk.open({ screen: PHONE, script, path: `/o/${SCHEME}`, expect: ["422"] });
    if (script) await walk.look(page, "public");
    await follow(page, "Apply to join");
    await page.fill("#business", "The Corner Shop");
    await press(page, "Apply");
    assert.match(await page.locator(".govuk-error-summary").innerText(), /Say where the business is[\s\S]*Give your name[\s\S]*by agreeing/);
    assert.equal(await page.inputValue("#business"), "The Corner Shop", "what was typed is still there");
    if (script) await walk.look(page, "join");
    await page.fill("#premises", "1 Market Square");
    await page.fill("#person", "Una Example");
    const email = `una-${script ? "one" : "two"}@corner.example`;
    await page.fill("#email", email);
    await page.locator("label", { hasText: "I agree for my business" }).click();
    await page.waitForTimeout(2100); // nobody reads and fills it in any quicker
    await press(page, "Apply");
    assert.match(await page.locator("main").innerText(), /Your receipt is \w{8}/);
    if (script) await walk.look(page, "join-received");

    const board = await walk.open({ script, path: null });
    await walk.signInAs(board, `${SCHEME}-board`);
    await follow(board, "Members", board.locator("nav.nav"));
    await follow(board, /^Applications/);
    if (script) await walk.look(board, "applications");
    await follow(board, "The Corner Shop", board.locator("ul.due").first());
    assert.match(await board.locator("main").innerText(), /Una Example[\s\S]*version 1/);
    if (script) await walk.look(board, "application");
    await press(board, "Take it in");
    assert.match(await board.locator('main .notice[role="status"]').innerText(), /is a member/);

    const una = await walk.open({ script, path: "/mailbox" });
    if (script) await walk.look(una, "mailbox");
    const mail = una.locator("section.panel", { hasText: email });
    await follow(una, /invitation/, mail);
    assert.match(await una.locator("main").innerText(), /Una Example/);
  });
}
