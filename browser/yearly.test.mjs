// Where a day begins, the yearly audit of old data, and what an assessor reads (DOC-4, RET-13, POL-7).
import assert from "node:assert/strict";
import { PHONE, test } from "./harness.mjs";
import { SCHEME, follow, place, press } from "./steps.mjs";

const MEMBER = `${SCHEME}-member-user`;

test("DOC-4: a day begins with what needs one, and a report that was begun stands there until it is sent", async (walk) => {
  const desk = await walk.open({ path: null });
  await walk.signInAs(desk, `${SCHEME}-controller`);
  assert.match(await desk.locator("main").innerText(), /Good (morning|afternoon|evening)[\s\S]*What needs you/);
  await walk.look(desk, "today-controller");
  const phone = await walk.open({ screen: PHONE, script: false, expect: ["422"] });
  await walk.signInAs(phone, MEMBER);
  await phone.goto(`/o/${SCHEME}/report`);
  await phone.fill("#sentence", "They took two bottles of gin and ran.");
  // What is not whole comes back, and is kept.
  await press(phone, /Send/);
  await phone.goto(`/o/${SCHEME}`);
  assert.equal(new URL(phone.url()).pathname, `/o/${SCHEME}/today`, "what needs somebody is where they start");
  await walk.look(phone, "today-member");
  await follow(phone, "Send the report that you began");
  assert.match(await phone.inputValue("#sentence"), /two bottles of gin/);
});

test("RET-13: the yearly audit says what is old, is finished with a conclusion, and leaves a signed report", async (walk) => {
  const page = await walk.open({ path: null, expect: ["422"] });
  await walk.signInAs(page, `${SCHEME}-controller`);
  await place(page, "Scheme", "Old data");
  await walk.look(page, "old-data");
  if (await page.getByRole("button", { name: /Begin/ }).count()) await press(page, /Begin/);
  assert.match(await page.locator("main").innerText(), /What is old[\s\S]*What was due, and is gone[\s\S]*Finish/);
  await walk.look(page, "old-data-open");
  await press(page, /Finish/);
  assert.match(await page.locator(".govuk-error-summary").innerText(), /what the audit found|past their end|on what ground/);
});

test("POL-7: an assessor reads the evidence for each standard, also on paper", async (walk) => {
  const page = await walk.open({ path: null });
  await walk.signInAs(page, `${SCHEME}-auditor`);
  await follow(page, "Accreditation", page.locator("nav.nav"));
  assert.match(await page.locator("main").innerText(), /Identity[\s\S]*Board of management[\s\S]*Meetings[\s\S]*Agreements[\s\S]*Data protection/);
  await walk.look(page, "accreditation");
  await page.emulateMedia({ media: "print" });
  assert.equal(await page.locator("nav.nav").isVisible(), false, "the navigation is not printed");
});
