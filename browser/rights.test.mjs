// What people ask about their data, and a breach of it (PUB-3, SAR-1, SAR-2, BRE-1 to BRE-4).
import assert from "node:assert/strict";
import { PHONE, test } from "./harness.mjs";
import { SCHEME, follow, press } from "./steps.mjs";

const CONTROLLER = `${SCHEME}-controller`;

for (const script of [true, false]) {
  test(`PUB-3, SAR-1: somebody asks, and the controller sees both clocks, ${script ? "with" : "without"} script`, async (walk) => {
    const page = await walk.open({ screen: PHONE, script, path: `/o/${SCHEME}/rights`, expect: ["422"] });
    if (script) await walk.look(page, "rights");
    await page.fill("#name", "Una Example");
    await press(page, "Send");
    assert.match(await page.locator(".govuk-error-summary").innerText(), /Choose what you ask for[\s\S]*how we can reach you/);
    assert.equal(await page.inputValue("#name"), "Una Example", "what was typed is still there");
    await page.locator("label", { hasText: "I want to know what you hold" }).click();
    await page.fill("#contact", "una@home.example");
    await page.waitForTimeout(2100); // nobody reads and fills it in any quicker
    await press(page, "Send");
    const receipt = (await page.locator("main").innerText()).match(/Your receipt is (\w{8})/)?.[1];
    assert.ok(receipt);
    if (script) await walk.look(page, "rights-received");

    const controller = await walk.open({ script, path: null, expect: ["422"] });
    await walk.signInAs(controller, CONTROLLER);
    await controller.goto(`${new URL(controller.url()).origin}/o/${SCHEME}/requests`);
    if (script) await walk.look(controller, "requests");
    await follow(controller, /Una Example/, controller.locator("ul.due > li", { hasText: receipt }));
    assert.match(await controller.locator("main").innerText(), /Our promise, 30 days[\s\S]*The law’s month/);
    if (script) await walk.look(controller, "request");
    await follow(controller, "We looked at who they are");
    await press(controller, "Record it");
    assert.match(await controller.locator(".govuk-error-summary").innerText(), /how it was looked at[\s\S]*|Say what was seen/);
    if (script) await walk.look(controller, "request-note");
    await controller.locator("label", { hasText: "A document was seen" }).click();
    await controller.locator("label", { hasText: /^Yes$/ }).click();
    await controller.fill("#text", "A passport, at the office.");
    await press(controller, "Record it");
    assert.match(await controller.locator("main").innerText(), /It is them/);
    await follow(controller, "Record how it ended");
    if (script) await walk.look(controller, "request-finish");
  });
}

test("BRE-1 to BRE-4: a breach is recorded, told of, and its people are found", async (walk) => {
  const page = await walk.open({ path: null, expect: ["422"] });
  await walk.signInAs(page, CONTROLLER);
  const at = (path) => `${new URL(page.url()).origin}/o/${SCHEME}${path}`;
  await page.goto(at("/breaches"));
  await walk.look(page, "breaches");
  await follow(page, "Start an exercise");
  await walk.look(page, "breach-form");
  await page.fill("#title", "A letter to the wrong house");
  await press(page, "Record it");
  const text = await page.locator("main").innerText();
  assert.match(text, /This is an exercise[\s\S]*Still to do[\s\S]*7[12] hours left|This is an exercise/);
  await walk.look(page, "breach");
  await follow(page, /Tell the Information Commissioner/);
  await press(page, "Record it");
  assert.match(await page.locator(".govuk-error-summary").innerText(), /Say whether they were told/);
  await walk.look(page, "breach-told");
  await page.locator("label", { hasText: "No: it was decided" }).click();
  await page.fill("#words", "One letter, and it came back unopened.");
  await press(page, "Record it");
  assert.match(await page.locator("main").innerText(), /Information Commissioner not told/);
  await follow(page, "Find out who was affected");
  await press(page, "Find out");
  assert.match(await page.locator("main").innerText(), /looked at|Nobody’s record/);
  await walk.look(page, "breach-affected");
});
