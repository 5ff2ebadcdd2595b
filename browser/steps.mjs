// What several tests do on the pages: make a picture, report, review, find a person, read a day.
import assert from "node:assert/strict";

/** The scheme in which most tests happen, and one whose members must see nothing of it. */
export const SCHEME = "northgate";
export const OTHER = "cheltenham-safe";

/** The heading of the answer for what is not there, or not for whoever asks. */
export const NOT_FOUND = "There is nothing here";

const DAY_MS = 24 * 60 * 60 * 1000;

/** A picture that the browser draws and encodes: `image/jpeg`, `image/png` or `image/webp`. */
export async function picture(page, type = "image/jpeg") {
  const url = await page.evaluate((wanted) => {
    const canvas = document.createElement("canvas");
    canvas.width = 640;
    canvas.height = 800;
    const pen = canvas.getContext("2d");
    pen.fillStyle = `hsl(${Math.floor(Math.random() * 360)} 30% 70%)`;
    pen.fillRect(0, 0, 640, 800);
    pen.fillStyle = "#445";
    for (const [x, y, r] of [[320, 300, 130], [320, 720, 260]]) {
      pen.beginPath();
      pen.arc(x, y, r, 0, 7);
      pen.fill();
    }
    return canvas.toDataURL(wanted, 0.8);
  }, type);
  assert.ok(url.startsWith(`data:${type};`), `this browser encodes no ${type}`);
  const buffer = Buffer.from(url.slice(url.indexOf(",") + 1), "base64");
  return { name: `picture.${type.slice(6)}`, mimeType: type, buffer };
}

/** Chooses a tile or a row by its words, as a finger does: on the label, whose input may not be seen. */
export async function choose(within, words) {
  await within.locator("label", { hasText: words }).first().click();
}

/** Fills the report form as far as `what` says. */
export async function fillReport(page, what) {
  if (what.category) await choose(page.locator("form.report"), what.category);
  if (what.name !== undefined) await page.fill("#person-0-name", what.name);
  if (what.description !== undefined) await page.fill("#person-0-description", what.description);
  if (what.age) await choose(page.locator("fieldset.person").first(), what.age);
  if (what.sentence !== undefined) await page.fill("#sentence", what.sentence);
  if (what.files) await upload(page, what.files);
}

/** Adds pictures to the report form. With script each is sent at once; this waits until none is on its way. */
export async function upload(page, files, input = "#picture") {
  await page.setInputFiles(input, files);
  if (await page.locator("form.live").count()) await page.locator("#previews .going").first().waitFor({ state: "detached" });
}

/** What the report form holds. */
export async function readReport(page) {
  const value = (id) => page.inputValue(id);
  return {
    category: await page.locator('input[name="category"]:checked').first().inputValue(),
    name: await value("#person-0-name"),
    description: await value("#person-0-description"),
    sentence: await value("#sentence"),
  };
}

/** Presses the form's button, and waits for the page that comes of it. */
export async function press(page, name, within = page.locator("main")) {
  const button = within.getByRole("button", { name, exact: typeof name === "string" }).first();
  await Promise.all([page.waitForEvent("load"), button.click()]);
}

/** Follows a link, and waits for its page. */
export async function follow(page, name, within = page.locator("main")) {
  await Promise.all([page.waitForEvent("load"), within.getByRole("link", { name }).first().click()]);
}

/** Sends a report from the form's page to the page that thanks for it; gives back its reference. */
export async function report(page, what, scheme = SCHEME) {
  await page.goto(`/o/${scheme}/report`);
  await fillReport(page, what);
  await press(page, "Send report");
  assert.equal(await page.locator("h1").innerText(), "Thank you, it is sent");
  return (await page.locator(".report.sent .num").innerText()).trim();
}

/** Opens the review of a report from the queue. */
export async function openReview(page, reference, scheme = SCHEME) {
  await page.goto(`/o/${scheme}/review`);
  await follow(page, /./, page.locator("ul.queue > li", { hasText: reference }).locator("h2"));
  assert.match(await page.locator(".pagehead").innerText(), new RegExp(reference));
}

/** Says of each picture of the report under review whom it shows. */
export async function sayWhomPicturesShow(page, whom) {
  for (const list of await page.locator('select[name^="picture-"]').all()) await list.selectOption(whom);
}

/**
 * Approves the report under review: its first person is "new", or somebody who is held, by reference.
 */
export async function approve(page, who) {
  await sayWhomPicturesShow(page, "1");
  if (who === "new") {
    await page.locator('label[for="p1-link"]').click();
  } else {
    await page.locator('label[for="p1-by-reference"]').click();
    await page.fill("#p1-reference", who);
  }
  await press(page, "Decide");
  assert.match(await page.locator('main .notice[role="status"]').innerText(), /The report is approved/);
}

/** Looks a name up in the controller's list; gives back the rows that fit. */
export async function findPeople(page, q, scheme = SCHEME) {
  await page.goto(`/o/${scheme}/find?q=${encodeURIComponent(q)}`);
  return page.locator("main ul.due > li");
}

/** Reported and approved as someone new: the address of that person's page. */
export async function introduce(member, controller, what, scheme = SCHEME) {
  const reference = await report(member, what, scheme);
  await openReview(controller, reference, scheme);
  await approve(controller, "new");
  const rows = await findPeople(controller, what.name, scheme);
  assert.equal(await rows.count(), 1, `${what.name} is in the list of people once`);
  return rows.first().getByRole("link").first().getAttribute("href");
}

/** A day as pages write it, "21 November 2026", as the day field takes it, "2026-11-21". */
export function isoDay(text) {
  const found = /(\d{1,2}) ([A-Z][a-z]+) (\d{4})/.exec(text);
  assert.ok(found, `no day in: ${text}`);
  const day = new Date(`${found[0]} 00:00 UTC`);
  assert.ok(!Number.isNaN(day.getTime()), `no day that exists in: ${text}`);
  return day.toISOString().slice(0, 10);
}

/** The day before. */
export function dayBefore(iso) {
  return new Date(Date.parse(iso) - DAY_MS).toISOString().slice(0, 10);
}

/** The days that a person's page gives for what happens next, if nothing more does. */
export async function daysAhead(page) {
  const text = await page.locator("section.why .until").innerText();
  const withdrawn = /withdrawn on ([^,.]*?\d{4})/.exec(text);
  const deleted = /deleted on ([^,.]*?\d{4})/.exec(text);
  return { withdrawn: withdrawn && isoDay(withdrawn[1]), deleted: deleted && isoDay(deleted[1]) };
}

/** Goes to a place of the navigation: the group in the row at the top, and the place in the row below it. */
export async function place(page, group, name) {
  await follow(page, group, page.locator("nav.nav"));
  await follow(page, name, page.locator("nav.near"));
}

/** The whole answer for an address: its status, and the words that stand in it. */
export async function answer(page, path) {
  const response = await page.goto(path);
  return { status: response.status(), title: await page.title(), text: await page.locator("main").innerText() };
}

/** The names in the gallery, all of its pages. */
export async function galleryNames(page, scheme = SCHEME) {
  const names = [];
  await page.goto(`/o/${scheme}/gallery`);
  for (;;) {
    names.push(...(await page.locator("ul.grid li.card h2").allInnerTexts()));
    const next = page.locator('a[rel="next"]');
    if ((await next.count()) === 0) return names;
    await Promise.all([page.waitForEvent("load"), next.click()]);
  }
}

/** Agrees to what asks, on the page to which whoever is new is led first (MEM-3). */
export async function agree(page) {
  for (const label of await page.locator("main label", { hasText: "I have read this" }).all()) await label.click();
  await press(page, "Agree and go on");
}
