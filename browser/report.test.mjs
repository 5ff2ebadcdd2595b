// A member reports an incident from a telephone (INC-1).
import assert from "node:assert/strict";
import { PHONE, test } from "./harness.mjs";
import { SCHEME, approve, choose, fillReport, follow, openReview, picture, press, readReport, report, upload } from "./steps.mjs";

const MEMBER = `${SCHEME}-member-user`;
const FORM = `/o/${SCHEME}/report`;

const SAID = {
  category: "Theft",
  name: "Corin Vasquez-Thorne",
  description: "about 180 cm, slim, grey hooded top",
  age: "18 or over",
  sentence: "Took six bottles of gin and left past the tills.",
};

/** A report with a picture, from the first page of the demo to My reports. */
async function reportsAndSees(walk, script) {
  const label = script ? "" : "-no-script";
  const page = await walk.open({ screen: PHONE, script });
  await walk.signInAs(page, MEMBER);
  await follow(page, "Report an incident", page.locator("nav.nav"));
  await walk.look(page, `report-form${label}`);
  const files = [await picture(page, "image/jpeg")];
  const said = { ...SAID, sentence: `${SAID.sentence} ${script ? "With" : "Without"} script.` };
  await fillReport(page, { ...said, files });
  if (script) assert.equal(await page.locator("#previews > li:not(.going) img").count(), 1, "the picture is there already");
  await press(page, "Send report");
  assert.equal(await page.locator("h1").innerText(), "Thank you, it is sent");
  await walk.look(page, `report-sent${label}`);
  const reference = (await page.locator(".report.sent .num").innerText()).trim();
  assert.match(reference, /^NG-\d+$/);

  await follow(page, "My reports", page.locator("nav.nav"));
  await walk.look(page, `my-reports${label}`);
  const row = page.locator("ul.queue > li", { hasText: reference });
  assert.equal(await row.locator(".tag").innerText(), "Waiting");
  assert.match(await row.innerText(), /Theft/);

  await follow(page, "Theft", row);
  await walk.look(page, `my-report${label}`);
  const text = await page.locator("main").innerText();
  for (const words of [said.sentence, said.name, said.description, "waits for the controller"]) {
    assert.ok(text.includes(words), `${words} is on the report's page`);
  }
  const shown = page.locator("ul.thumbs img");
  assert.equal(await shown.count(), 1);
  assert.ok(await shown.evaluate((img) => img.complete && img.naturalWidth > 60), "the picture is shown");
}

test("INC-1: a report with a picture from a phone, and it waits under My reports", (walk) => reportsAndSees(walk, true));

test("INC-1: the same without script", (walk) => reportsAndSees(walk, false));

test("INC-1: JPEG, PNG and WebP are taken together, and one can be taken out again", async (walk) => {
  const page = await walk.open({ screen: PHONE, path: null });
  await walk.signInAs(page, MEMBER);
  await page.goto(FORM);
  const files = [];
  for (const type of ["image/jpeg", "image/png", "image/webp"]) files.push(await picture(page, type));
  await fillReport(page, { ...SAID, files });
  await press(page, "Keep it for later");
  const kept = page.locator("#previews > li");
  assert.equal(await kept.count(), 3);
  for (const img of await kept.locator("img").all()) {
    assert.ok(await img.evaluate((img) => img.naturalWidth > 0), "each picture is shown");
  }
  await walk.look(page, "report-pictures");
  await press(page, /^Remove picture 2/);
  assert.equal(await kept.count(), 2);
  assert.equal((await readReport(page)).sentence, SAID.sentence);

  // What was kept is there again after going away.
  await page.goto(`/o/${SCHEME}/gallery`);
  await page.goto(FORM);
  assert.equal(await kept.count(), 2);
  assert.deepEqual(await readReport(page), {
    category: "theft",
    name: SAID.name,
    description: SAID.description,
    sentence: SAID.sentence,
  });
});

for (const script of [true, false]) {
  test(`INC-1: a text named .jpg is refused in plain words and nothing typed is lost, ${script ? "with" : "without"} script`, async (walk) => {
    const page = await walk.open({ screen: PHONE, script, path: null, expect: ["422"] });
    await walk.signInAs(page, `${SCHEME}-staff`);
    await page.goto(FORM);
    const good = await picture(page, "image/png");
    const bad = { name: "face.jpg", mimeType: "image/jpeg", buffer: Buffer.from("This is no picture.\n") };
    await fillReport(page, { ...SAID, files: [good, bad] });
    if (script) {
      // It is said at once, at the picture, and the report is still to be sent.
      const said = page.locator("#previews .refused");
      assert.match(await said.innerText(), /face\.jpg: [\s\S]*JPEG, PNG or WebP/);
      await walk.look(page, "report-bad-picture");
      await said.getByRole("button", { name: "Dismiss" }).click();
    } else {
      await press(page, "Send report");
      assert.match(await page.title(), /^Error: /);
      const summary = await page.locator(".govuk-error-summary").innerText();
      assert.match(summary, /JPEG, PNG or WebP/);
      assert.match(summary, /What you typed is still here/);
      await walk.look(page, "report-bad-picture-no-script");
    }
    assert.deepEqual(await readReport(page), {
      category: "theft",
      name: SAID.name,
      description: SAID.description,
      sentence: SAID.sentence,
    });
    assert.equal(await page.locator("#previews > li").count(), 1, "the good picture is kept");
    await press(page, /^Remove picture/);
  });
}

test("INC-1: what is missing is asked for at its place, and the rest stays", async (walk) => {
  const page = await walk.open({ screen: PHONE, path: null, expect: ["422"] });
  await walk.signInAs(page, `${SCHEME}-staff`);
  await page.goto(FORM);
  await fillReport(page, { name: "", description: "", sentence: "" });
  // Staff have no premises of their own, so that the form asks where at once.
  await page.fill("#day-month", "13");
  await press(page, "Send report");
  assert.equal(await page.evaluate(() => document.activeElement.className), "govuk-error-summary");
  const links = page.locator(".govuk-error-summary__list a");
  assert.ok((await links.count()) >= 3, "several things are missing");
  for (const link of await links.all()) {
    const target = await link.getAttribute("href");
    assert.equal(await page.locator(`[id="${target.slice(1)}"]`).count(), 1, `${target} is a place on the page`);
  }
  assert.equal(await page.inputValue("#day-month"), "13");
  await walk.look(page, "report-mistakes");
});

test("SUB-4: of a child under ten nothing is kept, and the form says so", async (walk) => {
  const page = await walk.open({ screen: PHONE, path: null, expect: ["422"] });
  await walk.signInAs(page, `${SCHEME}-staff`);
  await page.goto(FORM);
  await fillReport(page, { ...SAID, age: "Under 14", files: [await picture(page)] });
  await page.locator("fieldset.person details summary").click();
  await page.fill("#person-0-born", "1");
  await page.fill("#person-0-born-month", "1");
  await page.fill("#person-0-born-year", String(new Date().getFullYear() - 8));
  await press(page, "Send report");
  assert.match(await page.locator(".govuk-error-summary").innerText(), /does not hold anything about children under 10/);
  assert.equal(await page.locator("#previews > li").count(), 0, "the picture is not kept");
  await walk.look(page, "report-child");
  await page.goto(FORM);
  assert.equal(await page.inputValue("#person-0-name"), "", "nothing of the child is in the draft");
});

for (const script of [true, false]) {
  test(`INC-1: somebody from the gallery is reported, and another beside them, ${script ? "with" : "without"} script`, async (walk) => {
    const page = await walk.open({ screen: PHONE, script, path: null });
    await walk.signInAs(page, MEMBER);
    // What earlier tests kept for later goes away with the report that it was kept for.
    await page.goto(FORM);
    await fillReport(page, SAID);
    await press(page, "Send report");

    await page.goto(`/o/${SCHEME}/gallery`);
    const card = page.locator("li.card").first();
    const name = await card.locator("h2").innerText();
    await follow(page, `Report ${name}`, card);
    assert.ok((await page.locator("fieldset.person .pick").innerText()).includes(name), "the form shows who was chosen");
    const typed = { category: "Abuse", name: "", description: "a second coat", sentence: "They shouted." };
    await fillReport(page, { ...typed, age: "18 or over" });
    await press(page, "+ Add another person");
    assert.equal((await readReport(page)).sentence, typed.sentence);
    assert.ok((await page.locator("fieldset.person .pick").innerText()).includes(name), "who was chosen stays");
    await page.fill("#person-1-description", "a third person");
    await press(page, "+ Add another person");
    await page.fill("#person-2-description", "by far the tallest");
    await walk.look(page, `report-three${script ? "" : "-no-script"}`);
    await press(page, "Take person 2 out");
    assert.equal(await page.inputValue("#person-1-description"), "by far the tallest");
    assert.equal(await page.locator("fieldset.person").count(), 2);
    for (const n of [0, 1]) await page.locator(`label.tile:has([name="person-${n}-age"][value="adult"])`).click();
    await press(page, "Send report");
    await follow(page, "See the report");
    const text = await page.locator("main").innerText();
    assert.match(text, /Person 1[\s\S]*a second coat/);
    assert.match(text, /Person 2[\s\S]*by far the tallest/);
    assert.ok(!text.includes("a third person"));
  });
}

/** Does what a finger does, and counts: a tap, a field that is filled, a choice, each once. */
class Counted {
  count = 0;

  constructor(page) {
    this.page = page;
  }

  tap(target) {
    this.count += 1;
    return target.tap();
  }

  /** Taps what leads to another page. */
  async go(target) {
    await Promise.all([this.page.waitForEvent("load"), this.tap(target)]);
  }

  fill(selector, text) {
    this.count += 1;
    return this.page.fill(selector, text);
  }

  take(files) {
    this.count += 1;
    return upload(this.page, files, "#camera");
  }
}

test("INC-1: from the start page to sent in at most eight interactions, with a picture from the camera", async (walk) => {
  const page = await walk.open({ screen: PHONE });
  await walk.signInAs(page, MEMBER);
  assert.equal(new URL(page.url()).pathname, `/o/${SCHEME}/today`, "an alert that was not read is where members start");
  const finger = new Counted(page);
  await finger.go(page.locator("nav.nav").getByRole("link", { name: "Report an incident" }));
  assert.ok(await page.locator("#camera").isVisible(), "a telephone offers its camera");
  assert.equal(await page.locator("#camera").getAttribute("capture"), "environment");
  assert.equal(await page.locator("#picture").getAttribute("capture"), null, "and what it has already");
  await finger.tap(page.locator("label.tile", { hasText: "Theft" }).first());
  await finger.fill("#person-0-description", "about 170 cm, green parka, cycle helmet");
  await finger.fill("#sentence", "Took four joints of meat and cycled off.");
  await finger.take([await picture(page)]);
  await walk.look(page, "report-shortest");
  await finger.go(page.locator(".govuk-button", { hasText: "Send report" }));
  assert.equal(await page.locator("h1").innerText(), "Thank you, it is sent");
  console.log(`       ${finger.count} interactions`);
  assert.ok(finger.count <= 8, `${finger.count} interactions`);
  await follow(page, "See the report");
  const text = await page.locator("main").innerText();
  for (const words of ["Theft", "green parka", "Where", "When"]) assert.ok(text.includes(words), words);
  assert.equal(await page.locator("ul.thumbs img").count(), 1);
});

test("INC-1: a report waits for pictures that are still on their way", async (walk) => {
  const page = await walk.open({ screen: PHONE, path: null });
  await walk.signInAs(page, MEMBER);
  await page.goto(FORM);
  await page.route("**/report/picture", async (route) => {
    await new Promise((done) => setTimeout(done, 700));
    await route.continue();
  });
  await fillReport(page, SAID);
  await page.setInputFiles("#picture", [await picture(page), await picture(page, "image/png")]);
  assert.equal(await page.locator("#previews progress").count(), 2, "each picture shows how far it is");
  await walk.screenshot(page, "report-sending-pictures");
  await page.locator(".govuk-button", { hasText: "Send report" }).tap();
  await page.waitForURL("**/report/sent?**");
  await follow(page, "See the report");
  assert.equal(await page.locator("ul.thumbs img").count(), 2);
});

for (const script of [true, false]) {
  test(`INC-7: what must not be in free text is said and can be passed over, ${script ? "with" : "without"} script`, async (walk) => {
    const page = await walk.open({ screen: PHONE, script, path: null });
    await walk.signInAs(page, MEMBER);
    await page.goto(FORM);
    await fillReport(page, { ...SAID, sentence: "He said to ring 07700 900123. A diabetic." });
    const said = page.locator('[data-mind="sentence"]');
    if (script) {
      await said.locator("p").nth(1).waitFor();
      await walk.look(page, "report-warned");
    } else {
      await press(page, "Send report");
      const asks = await page.locator(".asks").innerText();
      assert.match(asks, /07700 900123. looks like a telephone number/);
      await walk.look(page, "report-asks");
    }
    assert.match(await said.innerText(), /diabetic. may speak of somebody.s health/);
    // What is left out is not spoken of again; what is left in was seen and is passed over.
    await page.fill("#sentence", "He said to ring 07700 900123.");
    if (script) await said.locator("p").nth(1).waitFor({ state: "detached" });
    await press(page, script ? "Send report" : "Send it as it is");
    assert.equal(await page.locator("h1").innerText(), "Thank you, it is sent");
  });
}

test("INC-1, INC-7: loss, goods, how it ended, vehicle and police reference are there when wanted", async (walk) => {
  const member = await walk.open({ screen: PHONE, path: null });
  await walk.signInAs(member, MEMBER);
  await member.goto(FORM);
  assert.ok(!(await member.locator("#registration").isVisible()), "out of the way when not");
  await fillReport(member, { ...SAID, name: "Odo Marchbanks" });
  await member.locator("summary", { hasText: "Loss, vehicle" }).tap();
  await member.fill("#loss", "84.50");
  for (const words of ["Alcohol", "Food"]) await choose(member.locator("form.report"), words);
  await member.selectOption("#outcome", { label: "Police attended" });
  await member.fill("#registration", "ab12  cde");
  await member.fill("#vehicle", "Blue Ford Transit");
  await member.fill("#police_reference", "42/12345/26");
  await walk.look(member, "report-more");
  await press(member, "Send report");
  const reference = (await member.locator(".report.sent .num").innerText()).trim();
  await follow(member, "See the report");
  const text = await member.locator("main").innerText();
  for (const words of ["£84.50 · Alcohol, Food", "Police attended", "Blue Ford Transit, AB12 CDE", "42/12345/26"]) {
    assert.ok(text.includes(words), words);
  }
  await walk.look(member, "my-report-more");

  const controller = await walk.open({ path: null });
  await walk.signInAs(controller, `${SCHEME}-controller`);
  await openReview(controller, reference);
  const review = await controller.locator("main").innerText();
  assert.ok(review.includes("Blue Ford Transit, AB12 CDE"));
  const holdsVehicles = (await controller.locator("#vehicle-of").count()) > 0;
  if (holdsVehicles) await controller.selectOption("#vehicle-of", "1");
  await walk.look(controller, "review-vehicle");
  await approve(controller, "new");
});

test("INC-1: what became of a report is told on every page until its sender has looked", async (walk) => {
  const member = await walk.open({ screen: PHONE, path: null });
  await walk.signInAs(member, MEMBER);
  const approved = await report(member, { ...SAID, name: "Perpetua Quill" });
  const rejected = await report(member, { ...SAID, name: "Rollo Stanhope" });
  const controller = await walk.open({ path: null });
  await walk.signInAs(controller, `${SCHEME}-controller`);
  await openReview(controller, approved);
  await approve(controller, "new");
  await openReview(controller, rejected);
  await controller.locator('label[for="decision-reject"]').click();
  await controller.fill("#reason", "Nobody else needs to know of this.");
  await press(controller, "Decide");

  await member.goto(`/o/${SCHEME}/gallery`);
  const news = member.locator('aside.news[aria-label="Your reports"]');
  await walk.look(member, "news");
  assert.match(await news.innerText(), new RegExp(`approved your report ${approved}`));
  await follow(member, `rejected your report ${rejected}`, news);
  assert.match(await member.locator("main").innerText(), /Nobody else needs to know of this/);
  assert.ok(!(await news.innerText()).includes(rejected), "what is looked at is news no more");

  await follow(member, "My reports", member.locator("nav.nav"));
  const row = member.locator("ul.queue > li", { hasText: approved });
  assert.match(await row.innerText(), /New[\s\S]*Approved/);
  await walk.look(member, "my-reports-new");
  await member.goto(`/o/${SCHEME}/gallery`);
  if (await news.count()) assert.ok(!(await news.innerText()).includes(approved));
});
