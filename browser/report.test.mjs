// A member reports an incident from a telephone (INC-1).
import assert from "node:assert/strict";
import { PHONE, test } from "./harness.mjs";
import { SCHEME, fillReport, follow, picture, press, readReport } from "./steps.mjs";

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
  if (script) await page.locator("#previews img").waitFor();
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
  const kept = page.locator("ul.previews:not(#previews) > li");
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
    await press(page, "Send report");
    assert.match(await page.title(), /^Error: /);
    const summary = await page.locator(".govuk-error-summary").innerText();
    assert.match(summary, /JPEG, PNG or WebP/);
    assert.match(summary, /What you typed is still here/);
    await walk.look(page, `report-bad-picture${script ? "" : "-no-script"}`);
    assert.deepEqual(await readReport(page), {
      category: "theft",
      name: SAID.name,
      description: SAID.description,
      sentence: SAID.sentence,
    });
    assert.equal(await page.locator("ul.previews:not(#previews) > li").count(), 1, "the good picture is kept");
    if (script) {
      const focused = await page.evaluate(() => document.activeElement.className);
      assert.equal(focused, "govuk-error-summary");
    }
    await press(page, /^Remove picture 1/);
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
  assert.equal(await page.locator("ul.previews:not(#previews) > li").count(), 0, "the picture is not kept");
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
