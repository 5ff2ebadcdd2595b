// Reading and agreeing before one sees others' data; documents, registers, and the calendar of duties.
import assert from "node:assert/strict";
import { PHONE, test } from "./harness.mjs";
import { SCHEME, follow, place, press } from "./steps.mjs";

const ASKED = `${SCHEME}-member-user-2`;
const CONTROLLER = `${SCHEME}-controller`;

for (const script of [true, false]) {
  test(`MEM-3: who has yet to agree reports, reads, agrees and goes on, ${script ? "with" : "without"} script`, async (walk) => {
    const page = await walk.open({ screen: PHONE, script, path: null, expect: ["422"] });
    await walk.signInAs(page, ASKED);
    assert.match(new URL(page.url()).pathname, /\/certify$/, "whoever is asked is led there");
    assert.match(await page.locator("h1").innerText(), /Read and agree/);
    if (script) await walk.look(page, "certify");
    await follow(page, "report an incident");
    assert.match(await page.locator("h1").innerText(), /[Rr]eport/);
    await page.goto(`/o/${SCHEME}/gallery`);
    assert.match(new URL(page.url()).pathname, /\/certify$/);
    await press(page, "Agree and go on");
    assert.match(await page.locator(".govuk-error-summary").innerText(), /Tick each text/);
    for (const label of await page.locator("main label", { hasText: "I have read this" }).all()) await label.click();
    await press(page, "Agree and go on");
    assert.equal(new URL(page.url()).pathname, `/o/${SCHEME}/gallery`);
    await page.goto(`/o/${SCHEME}/certify`);
    assert.match(await page.locator("main").innerText(), /Nothing is asked of you now[\s\S]*On record/);
    if (script) await walk.look(page, "certify-agreed");
    await page.goto("/");
    await walk.moveClock(page, "reset");
  });
}

test("DOC-1, DOC-2, DOC-4: documents are entered and reviewed, registers kept, and the calendar says what is due", async (walk) => {
  const page = await walk.open({ path: null, expect: ["422"] });
  await walk.signInAs(page, CONTROLLER);
  await place(page, "Scheme", "Registers");
  assert.match(await page.locator("main").innerText(), /Rules and protocols[\s\S]*Written from the policy/);
  await walk.look(page, "documents");
  await follow(page, "Enter a document");
  await press(page, "Keep it");
  assert.match(await page.locator(".govuk-error-summary").innerText(), /Give its title[\s\S]*Type the text/);
  await page.fill("#title", "How we review reports");
  await page.fill("#text", "# Review\n\n- Read it twice.\n- Ask who was involved.");
  await walk.look(page, "document-form");
  await press(page, "Keep it");
  assert.match(await page.locator('main .notice[role="status"], .flash, [role="status"]').first().innerText(), /in the register/);
  await follow(page, "How we review reports");
  assert.match(await page.locator("main").innerText(), /Read it twice[\s\S]*Version|Version[\s\S]*Read it twice/);
  await walk.look(page, "document");
  await follow(page, "Record a review");
  await press(page, "Record the review");
  assert.match(await page.locator(".govuk-error-summary").innerText(), /what the review found/);
  await page.fill("#reason", "All of it still holds.");
  await press(page, "Record the review");
  assert.equal(new URL(page.url()).pathname, `/o/${SCHEME}/documents`);
  await page.goto(`/o/${SCHEME}/registers`);
  assert.match(await page.locator("main").innerText(), /Responsible persons[\s\S]*Commissioner has to be told/);
  await walk.look(page, "registers");
  await page.goto(`/o/${SCHEME}/registers/new/person`);
  await walk.look(page, "register-form");
  await page.goto(`/o/${SCHEME}/certified`);
  assert.match(await page.locator("main").innerText(), /people have agreed[\s\S]*Not yet/);
  await walk.look(page, "certified");
  await place(page, "Today", "Duties");
  assert.match(await page.locator("main").innerText(), /Tell the Information Commissioner of a change/);
  await walk.look(page, "duties");
  await page.goto(`/o/${SCHEME}/duties?all=yes`);
  await walk.look(page, "duties-all");
  await press(page, /Make an address/);
  const address = (await page.locator(".hash").innerText()).trim();
  const feed = await page.context().request.get(address);
  assert.equal(feed.status(), 200);
  assert.match(await feed.text(), /^BEGIN:VCALENDAR\r\n[\s\S]*END:VCALENDAR\r\n$/);
  // A calendar that has it already is told so, and fetches nothing.
  const headers = { "if-none-match": feed.headers().etag };
  assert.equal((await page.context().request.get(address, { headers })).status(), 304);
  await page.goto(`/o/${SCHEME}/duties`);
  await press(page, "End the address");
  assert.equal((await page.context().request.get(address)).status(), 404);
});
