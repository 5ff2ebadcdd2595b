// The controller decides on what was reported (INC-2), and who sees what comes of it (VIS-1, VIS-7).
import assert from "node:assert/strict";
import { DESK, PHONE, test } from "./harness.mjs";
import {
  NOT_FOUND,
  OTHER,
  SCHEME,
  answer,
  approve,
  findPeople,
  follow,
  galleryNames,
  openReview,
  picture,
  press,
  report,
  sayWhomPicturesShow,
} from "./steps.mjs";

const NOWHERE = "0193d0c5-0000-7000-8000-000000000000";

/** A browser in which a persona of a scheme is signed in. */
async function as(walk, role, { scheme = SCHEME, ...options } = {}) {
  const page = await walk.open({ path: null, ...options });
  await walk.signInAs(page, `${scheme}-${role}`);
  return page;
}

/** From the report on a phone to the gallery: what the scheme's members see, and nobody else. */
async function newPerson(walk, script) {
  const label = script ? "" : "-no-script";
  const name = script ? "Odalys Brackenridge" : "Torvald Quillfeather";
  const member = await as(walk, "member-user", { screen: PHONE, script, expect: ["404"] });
  const sentence = `${name} took a coat and shouted at staff.`;
  const reference = await report(member, {
    category: "Theft",
    name,
    description: "tall, red scarf",
    age: "18 or over",
    sentence,
    files: [await picture(member)],
  });
  assert.ok(!(await galleryNames(member)).includes(name), "nobody is shown before the review");

  const controller = await as(walk, "controller", { screen: DESK, script });
  await controller.goto(`/o/${SCHEME}/review`);
  await walk.look(controller, `review-queue${label}`);
  await openReview(controller, reference);
  const left = await controller.locator(".review .left").innerText();
  assert.ok(left.includes(sentence), "the controller reads what was reported");
  const shot = controller.locator("ul.shots img");
  assert.equal(await shot.count(), 1);
  assert.ok(await shot.evaluate((img) => img.complete && img.naturalWidth > 0), "the controller sees the picture");
  await walk.look(controller, `review${label}`);
  await approve(controller, "new");
  assert.equal(await controller.locator("ul.queue > li", { hasText: reference }).count(), 0);

  // The reporter sees the outcome, and the scheme's members the person.
  await member.goto(`/o/${SCHEME}/reports`);
  const row = member.locator("ul.queue > li", { hasText: reference });
  assert.equal(await row.locator(".tag").last().innerText(), "Approved");
  await member.goto(`/o/${SCHEME}/gallery`);
  await walk.look(member, `gallery${label}`);
  const card = member.locator("li.card", { hasText: name });
  assert.match(await card.innerText(), /Shown until \d/);
  assert.ok(await card.locator("img").evaluate((img) => img.naturalWidth > 0), "the gallery shows the picture");
  await follow(member, name, card);
  assert.equal(await member.locator("h1").innerText(), name);
  assert.match(await member.locator("section.why").innerText(), /this one until \d/);
  assert.equal(await member.locator("form.deed, details.deed").count(), 0, "members change nothing");
  await walk.look(member, `person-for-members${label}`);
  return { member, controller, path: new URL(member.url()).pathname, name };
}

test("INC-1, INC-2, VIS-1: a reported person is approved as someone new and members see them", async (walk) => {
  const { path, name } = await newPerson(walk, true);

  // VIS-7: for another scheme's people the page is as absent as one that never was.
  for (const role of ["member-user", "controller"]) {
    const stranger = await as(walk, role, { scheme: OTHER, expect: ["404"] });
    const theirs = await answer(stranger, path);
    const madeUp = await answer(stranger, `/o/${SCHEME}/people/${NOWHERE}`);
    const noScheme = await answer(stranger, `/o/no-such-scheme/people/${NOWHERE}`);
    const inOwn = await answer(stranger, path.replace(SCHEME, OTHER));
    assert.equal(theirs.status, 404);
    assert.match(theirs.text, new RegExp(NOT_FOUND));
    for (const other of [madeUp, noScheme, inOwn]) assert.deepEqual(other, theirs);
    if (role === "member-user") await walk.look(stranger, "not-found");
    const pictures = await answer(stranger, `/o/${SCHEME}/gallery`);
    assert.deepEqual(pictures, theirs);
    assert.ok(!(await galleryNames(stranger, OTHER)).includes(name), "nor are they in the other gallery");
  }
});

test("INC-1, INC-2, VIS-1: the same without script", (walk) => newPerson(walk, false));

test("INC-2: a report is linked to someone who is held, whom the review proposes", async (walk) => {
  const controller = await as(walk, "controller");
  await controller.goto(`/o/${SCHEME}/gallery`);
  const name = await controller.locator("li.card h2", { hasNotText: /^Ref / }).first().innerText();
  const rows = await findPeople(controller, name);
  const held = await rows.first().getByRole("link").first().getAttribute("href");
  await controller.goto(held);
  const before = await controller.locator("table.cards tbody tr").count();

  const member = await as(walk, "member-user", { screen: PHONE });
  const reference = await report(member, {
    category: "Abuse",
    name,
    age: "18 or over",
    sentence: "Swore at the person at the till.",
    files: [await picture(member, "image/png")],
  });
  await openReview(controller, reference);
  const proposed = controller.locator(".review .choice", { hasText: name }).first();
  assert.match(await proposed.innerText(), /name/i, "the review says why it proposes somebody");
  await walk.look(controller, "review-similar");
  await proposed.locator("label").click();
  await sayWhomPicturesShow(controller, "1");
  await press(controller, "Decide");
  assert.match(await controller.locator('main [role="status"]').innerText(), /approved/);

  assert.equal(await (await findPeople(controller, name)).count(), await rows.count(), "nobody is made twice");
  await controller.goto(held);
  assert.equal(await controller.locator("table.cards tbody tr").count(), before + 1);
  assert.ok((await controller.locator("table.cards").innerText()).includes(reference));
  await follow(controller, reference, controller.locator("table.cards"));
  await walk.look(controller, "incident");
});

test("INC-2: what is not decided is asked for, and nothing chosen is lost", async (walk) => {
  const member = await as(walk, "member-user", { screen: PHONE });
  const reference = await report(member, {
    category: "Damage",
    description: "green coat, limps",
    age: "18 or over",
    sentence: "Kicked the door in.",
    files: [await picture(member)],
  });
  const controller = await as(walk, "controller", { expect: ["422"] });
  await openReview(controller, reference);
  await controller.fill("#p1-name", "Peregrine Oddfellow");
  await controller.fill("#activity", "Damage to a door");
  await press(controller, "Decide");
  const summary = controller.locator(".govuk-error-summary");
  assert.match(await summary.innerText(), /Say who person 1 is/);
  assert.match(await summary.innerText(), /Say whom this picture shows/);
  for (const link of await summary.getByRole("link").all()) {
    const target = await link.getAttribute("href");
    assert.equal(await controller.locator(`[id="${target.slice(1)}"]`).count(), 1, `${target} is a place on the page`);
  }
  assert.equal(await controller.inputValue("#p1-name"), "Peregrine Oddfellow");
  assert.equal(await controller.inputValue("#activity"), "Damage to a door");
  await walk.look(controller, "review-mistakes");
});

test("INC-2: a report is rejected with a reason, which its reporter reads and nobody else", async (walk) => {
  const member = await as(walk, "member-user", { screen: PHONE });
  const name = "Leocadia Thistlewood";
  const reason = "The picture shows somebody who only stood in the queue.";
  const reference = await report(member, { category: "Other", name, age: "18 or over", sentence: "Stood about." });

  const controller = await as(walk, "controller", { expect: ["422"] });
  await openReview(controller, reference);
  await controller.locator('label[for="decision-reject"]').click();
  await press(controller, "Decide");
  assert.match(await controller.locator(".govuk-error-summary").innerText(), /Say why/);
  assert.ok(await controller.locator("#decision-reject").isChecked(), "the choice is kept");
  await controller.fill("#reason", reason);
  await press(controller, "Decide");
  assert.match(await controller.locator('main [role="status"]').innerText(), /rejected/);

  await member.goto(`/o/${SCHEME}/reports`);
  const row = member.locator("ul.queue > li", { hasText: reference });
  assert.equal(await row.locator(".tag").last().innerText(), "Rejected");
  await follow(member, "Other", row);
  const text = await member.locator("main").innerText();
  assert.ok(text.includes(reason), "the reporter reads why");
  assert.match(text, /It is erased on \d/);
  await walk.look(member, "my-report-rejected");
  assert.equal(await (await findPeople(controller, name)).count(), 0, "nothing is held of the person");
});
