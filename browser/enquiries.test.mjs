// Somebody who had a letter writes to the scheme, and is told nothing by it (PUB-2, PUB-3).
import assert from "node:assert/strict";
import { PHONE, test } from "./harness.mjs";
import { SCHEME, follow, press } from "./steps.mjs";

const CONTROLLER = `${SCHEME}-controller`;

for (const script of [true, false]) {
  test(`PUB-2, PUB-3: somebody writes from outside, and the controller answers, ${script ? "with" : "without"} script`, async (walk) => {
    const page = await walk.open({ screen: PHONE, script, path: `/o/${SCHEME}/letter`, expect: ["422"] });
    if (script) await walk.look(page, "letter");
    await page.fill("#name", "Una Example");
    await press(page, "Send");
    assert.match(await page.locator(".govuk-error-summary").innerText(), /Choose what you write for[\s\S]*how we can reach you/);
    assert.equal(await page.inputValue("#name"), "Una Example", "what was typed is still there");
    await page.locator("label", { hasText: "Something else" }).click();
    await page.fill("#reference", "ABCD-EFGH-JK");
    await page.fill("#contact", "una@home.example");
    await page.fill("#message", "I had a letter from you. When can I ring?");
    await page.waitForTimeout(2100); // nobody reads and fills it in any quicker
    await press(page, "Send");
    const thanks = await page.locator("main").innerText();
    const receipt = thanks.match(/Your receipt is (\w{8})/)?.[1];
    assert.ok(receipt, thanks);
    if (script) await walk.look(page, "letter-received");

    const controller = await walk.open({ script, path: null, expect: ["422"] });
    await walk.signInAs(controller, CONTROLLER);
    await follow(controller, /enquir/);
    if (script) await walk.look(controller, "enquiries");
    const row = controller.locator("ul.due > li", { hasText: receipt });
    await follow(controller, /Una Example/, row);
    assert.match(await controller.locator("main").innerText(), /When can I ring/);
    if (script) await walk.look(controller, "enquiry");
    await follow(controller, "Answer it");
    await press(controller, "Answer");
    assert.match(await controller.locator(".govuk-error-summary").innerText(), /Say how it was answered/);
    if (script) await walk.look(controller, "enquiry-answer");
    await controller.fill("#how", "From nine to five.");
    await press(controller, "Answer");
    assert.match(await controller.locator("main").innerText(), /on record[\s\S]*Answered/);
  });
}
