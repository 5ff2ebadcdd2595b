// Letters: what is outstanding, made after a look, tried, served, exempted; and nobody else's business (EXC-3, EXC-4, NOT-1,
// NOT-5).
import assert from "node:assert/strict";
import { DESK, PHONE, test } from "./harness.mjs";
import { NOT_FOUND, follow, picture, press } from "./steps.mjs";

const CS = "cheltenham-safe";

/** The rows of the list of what is outstanding. */
const rows = (page, text) => page.locator("main ul.due > li", { hasText: text });

async function attempt(page, outcome, note) {
  await page.getByLabel(outcome, { exact: true }).check();
  await page.fill("#place", "12 Invented Street");
  await page.fill("#by", "Jo Warden");
  await page.fill("#note", note);
  await press(page, "Record it");
}

for (const [screen, name] of [[PHONE, "phone"], [DESK, "desk"]]) {
  test(`EXC-3, EXC-4, NOT-5: a letter is looked at, made, tried twice and served, and leaves the list (${name})`, async (walk) => {
    const controller = await walk.open({ screen, path: null, expect: ["422"] });
    await walk.signInAs(controller, `${CS}-controller`);
    await controller.goto(`/o/${CS}/letters`);
    await walk.look(controller, `letters-${name}`);
    const before = await controller.locator("main ul.due > li").count();
    assert.ok(before > 0, "something is outstanding in the demonstration");
    // Somebody whose notice was never made.
    await follow(controller, /^Make it\s*: Privacy notice/);
    const to = await controller.inputValue("#name");
    await controller.fill("#name", "");
    await controller.fill("#address", "12 Invented Street\nSampleton");
    await press(controller, "Make the letter");
    assert.match(await controller.locator(".govuk-error-summary").innerText(), /how the person is addressed/);
    assert.equal(await controller.inputValue("#address"), "12 Invented Street\nSampleton", "what was typed is there");
    await controller.fill("#name", to);
    await walk.look(controller, `letter-make-${name}`);
    const pdf = await controller.evaluate(async () => {
      const form = document.querySelector("main form.report");
      const fields = new URLSearchParams(new FormData(form));
      fields.set("do", "look");
      const response = await fetch(form.action, { method: "POST", body: fields });
      const bytes = new Uint8Array(await response.arrayBuffer());
      return { kind: response.headers.get("content-type"), head: String.fromCharCode(...bytes.slice(0, 5)) };
    });
    assert.deepEqual(pdf, { kind: "application/pdf", head: "%PDF-" });
    await press(controller, "Make the letter");
    assert.match(await controller.locator("main").innerText(), /[2-9A-Z]{5}-[2-9A-Z]{5}/);
    const letter = new URL(controller.url()).pathname;
    await walk.look(controller, `letter-${name}`);

    await attempt(controller, "Not served this time", "");
    assert.match(await controller.locator(".govuk-error-summary").innerText(), /Say what happened/);
    assert.equal(await controller.inputValue("#by"), "Jo Warden", "what was typed is there");
    await attempt(controller, "Not served this time", "Nobody opened.");
    await attempt(controller, "Not served this time", "They have moved, the neighbour says.");
    await controller.goto(`/o/${CS}/letters`);
    const row = rows(controller, "2 attempts failed").filter({ hasText: to });
    assert.equal(await row.count(), 1);
    assert.equal(await controller.locator("main ul.due > li").count(), before);
    await Promise.all([controller.waitForEvent("load"), row.getByRole("link", { name: /^Record service/ }).click()]);
    await controller.setInputFiles("#proof", await picture(controller));
    await attempt(controller, "Served", "");
    assert.match(await controller.locator(".moj-timeline").innerText(), /There is a photograph/);
    assert.equal(await controller.locator("main form").count(), 0, "a letter is served once");
    await walk.look(controller, `letter-served-${name}`);
    await controller.goto(`/o/${CS}/letters`);
    assert.equal(await controller.locator("main ul.due > li").count(), before - 1);

    // Clock and service stand together on the person's pages.
    await controller.goto(letter);
    await follow(controller, "Letters");
    assert.match(await controller.locator("main").innerText(), /Privacy notice\s+Served on/);
    await walk.look(controller, `letters-of-${name}`);
    await follow(controller, to);
    assert.match(await controller.locator("#letters").innerText(), /First shown to members[\s\S]*Served on/);

    const member = await walk.open({ screen, path: null, expect: ["404"] });
    await walk.signInAs(member, `${CS}-member-user`);
    await member.goto(letter);
    assert.equal(await member.locator("h1").innerText(), NOT_FOUND);
  });
}

test("NOT-1: a notice that cannot be served is exempted with a reason, and the exemption ends", async (walk) => {
  const controller = await walk.open({ screen: DESK, path: null, expect: ["422"] });
  await walk.signInAs(controller, `${CS}-controller`);
  await controller.goto(`/o/${CS}/letters`);
  const first = rows(controller, "Privacy notice: to be made").first();
  const who = await first.getByRole("link").first().getAttribute("href");
  await controller.goto(who);
  const form = controller.locator("details.deed", { hasText: "need not be served" });
  await form.locator("summary").click();
  await press(controller, "Record it", form);
  assert.match(await controller.locator(".govuk-error-summary").innerText(), /Choose the ground/);
  await controller.getByLabel(/The police asked us to wait/).check();
  await press(controller, "Record it");
  assert.match(await controller.locator(".govuk-error-summary").innerText(), /Say why/);
  await controller.fill("#reason", "An officer asked on the telephone to wait until Friday.");
  await press(controller, "Record it");
  assert.match(await controller.locator("main").innerText(), /exempt since/);
  await walk.look(controller, "letters-exempt-desk");
  await controller.fill("#found", "They still ask.");
  await press(controller, "It still holds");
  assert.match(await controller.locator("#exemption").innerText(), /They still ask/);
  await press(controller, "End it: the notice is to be served");
  assert.match(await controller.locator("main").innerText(), /Exemptions that ended/);
});
