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
  assert.match(await controller.locator('main .notice[role="status"]').innerText(), /approved/);

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
  assert.match(await controller.locator('main .notice[role="status"]').innerText(), /rejected/);

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

/** A picture of two people beside one another. */
async function twoPeople(page) {
  const url = await page.evaluate(() => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [900, 600];
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#c9d2cc";
    pen.fillRect(0, 0, 900, 600);
    for (const [x, colour] of [[230, "#8a3b2e"], [660, "#27506b"]]) {
      pen.fillStyle = colour;
      pen.fillRect(x - 110, 330, 220, 270);
      pen.fillStyle = "#e2b99a";
      pen.beginPath();
      pen.arc(x, 220, 95, 0, 7);
      pen.fill();
      pen.fillStyle = "#332";
      pen.fillRect(x - 95, 120, 190, 60);
    }
    return canvas.toDataURL("image/jpeg", 0.85);
  });
  return { name: "two.jpeg", mimeType: "image/jpeg", buffer: Buffer.from(url.slice(url.indexOf(",") + 1), "base64") };
}

/** Presses a key of the review with Alt and Shift. */
const chord = (page, key) => page.keyboard.press(`Alt+Shift+${key}`);
/** What has the focus: its id, or its words. */
const focused = (page) => page.evaluate(() => document.activeElement.id || document.activeElement.innerText);

/** A review from end to end without a mouse: a person is added, a known one chosen, one is new; the picture of both is cut. */
async function byKeyboard(walk, screen) {
  const size = screen.width;
  const member = await as(walk, "member-user", { screen: PHONE });
  const name = `Ottoline Fairweather${size}`;
  const both = await twoPeople(member);
  const first = await report(member, {
    category: "Theft",
    name,
    description: "red scarf",
    age: "18 or over",
    sentence: `${name} and somebody else took coats.`,
    files: [both],
  });
  const second = await report(member, { category: "Other", description: "grey hat", age: "18 or over", sentence: "Stood about." });

  const page = await as(walk, "controller", { screen });
  await openReview(page, first);
  await walk.look(page, `review-before-keys-${size}`);
  // Words that are typed meet no key.
  await page.focus("#p1-name");
  await chord(page, "Digit1");
  assert.equal(await page.locator("[name=p1-link]:checked").count(), 0);
  await page.locator("h1").focus();
  await chord(page, "KeyU");
  assert.match(await focused(page), /^Person 1/);
  const choices = await page.locator("[name=p1-link]").count();
  await chord(page, `Digit${choices - 1}`);
  assert.equal(await page.locator("[name=p1-link]:checked").inputValue(), "new");

  // Somebody whom the reporter did not list.
  await page.getByRole("button", { name: "Add a person" }).focus();
  await Promise.all([page.waitForEvent("load"), page.keyboard.press("Enter")]);
  assert.match(await focused(page), /^Person 2/, "the new person's heading has the focus");
  assert.equal(await page.locator("[name=p1-link]:checked").inputValue(), "new", "what was chosen is kept");
  await page.locator("#p2-name").focus();
  await page.keyboard.type(`Barnaby Quill${size}`);
  await page.locator("#shared").focus();
  await page.keyboard.press("Control+A");
  await page.keyboard.type("{1} and {2} took coats.");
  assert.equal(
    await page.locator("[data-reads]").innerText(),
    `Person 1, ${name} and Person 2, Barnaby Quill${size} took coats.`,
  );
  await page.locator("h1").focus();
  await chord(page, "KeyU");
  assert.match(await focused(page), /^Person 2/);
  const more = await page.locator("[name=p2-link]").count();
  await chord(page, `Digit${more - 1}`);
  await chord(page, "KeyU");
  assert.match(await focused(page), /^picture-/);
  await page.keyboard.type("Several");
  await walk.look(page, `review-keys-${size}`);
  await chord(page, "KeyA");
  assert.equal(await focused(page), "decide");
  await Promise.all([page.waitForEvent("load"), page.keyboard.press("Enter")]);

  // The picture of both: a part for each.
  assert.equal(await page.locator("h1").innerText(), "A picture of several people");
  assert.match(await page.locator('main .notice[role="status"]').innerText(), new RegExp(`${first}: The report is approved`));
  assert.match(await focused(page), /^A picture of several people/);
  const box = page.locator("svg[data-crop]");
  await box.focus();
  const before = await page.inputValue("#left");
  for (let n = 0; n < 20; n += 1) await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Shift+ArrowLeft");
  assert.equal(Number(await page.inputValue("#left")), Number(before) - 20);
  assert.equal(await page.inputValue("#width"), "49");
  await page.locator('input[name="person"]').first().focus();
  await page.keyboard.press("Space");
  await walk.look(page, `crop-${size}`);
  await page.getByRole("button", { name: "Keep this part" }).focus();
  await Promise.all([page.waitForEvent("load"), page.keyboard.press("Enter")]);
  assert.match(await page.locator('main .notice[role="status"]').innerText(), /kept as their picture/);
  await page.locator('input[name="person"]').nth(1).focus();
  await page.keyboard.press("Space");
  await page.locator("#left").focus();
  await page.keyboard.press("Control+A");
  await page.keyboard.type("50");
  await Promise.all([page.waitForEvent("load"), page.keyboard.press("Enter")]);
  assert.equal(await page.locator("ul.due li").count(), 2);
  await walk.look(page, `crop-kept-${size}`);

  // On to the report that waits next, with the heading in focus; that one is rejected.
  await page.getByRole("link", { name: /Go on to the next report/ }).focus();
  await Promise.all([page.waitForEvent("load"), page.keyboard.press("Enter")]);
  while (!(await page.locator(".pagehead").innerText()).includes(second)) {
    await Promise.all([page.waitForEvent("load"), chord(page, "KeyN")]);
  }
  await chord(page, "KeyR");
  assert.equal(await focused(page), "reason");
  await page.keyboard.type("Nothing happened.");
  await Promise.all([page.waitForEvent("load"), page.keyboard.press("Enter")]);
  assert.match(await page.locator('main .notice[role="status"]').innerText(), new RegExp(`${second}: The report is rejected`));

  // The part is that person's picture, and the whole picture is nobody's.
  const rows = await findPeople(page, name);
  await follow(page, name, rows.first());
  assert.equal(await page.locator(".pic.big img").count(), 1);
  await walk.look(page, `cropped-person-${size}`);

  // The same picture, sent again as a chat program passes it on.
  const again = await report(member, { category: "Other", description: "blue", age: "18 or over", sentence: "Again.", files: [both] });
  await openReview(page, again);
  const seen = page.locator("ul.shots li").first();
  assert.match(await seen.innerText(), new RegExp(`sent before with ${first} of .*approved`));
  assert.match(await page.locator("main").innerText(), /No face is recognised or compared/);
  await walk.look(page, `review-seen-before-${size}`);
}

test("INC-2, INC-9: a whole review by keyboard alone at a desk", (walk) => byKeyboard(walk, DESK));
test("INC-2, INC-9: a whole review by keyboard alone on a telephone", (walk) => byKeyboard(walk, PHONE));

test("INC-9: parts are drawn by mouse, and typed where there is no script", async (walk) => {
  const member = await as(walk, "member-user", { screen: PHONE });
  for (const script of [true, false]) {
    const name = script ? "Mouse Drawn" : "Number Typed";
    const sent = await report(member, { category: "Theft", name, age: "18 or over", sentence: "Two of them.", files: [await twoPeople(member)] });
    const page = await as(walk, "controller", { script, expect: ["422"] });
    await openReview(page, sent);
    await sayWhomPicturesShow(page, "several");
    await page.locator('label[for="p1-link"]').click();
    await press(page, "Decide");
    const svg = page.locator("svg[data-crop]");
    if (script) {
      const box = await svg.boundingBox();
      await page.mouse.move(box.x + box.width * 0.1, box.y + box.height * 0.15);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width * 0.4, box.y + box.height * 0.95, { steps: 4 });
      await page.mouse.up();
      assert.ok(Math.abs(Number(await page.inputValue("#left")) - 10) < 1);
      assert.ok(Math.abs(Number(await page.inputValue("#height")) - 80) < 1.5);
    } else {
      await page.fill("#left", "a lot");
      await press(page, "Keep this part");
      assert.match(await page.locator(".govuk-error-summary").innerText(), /enter a number from 0 to 100/);
      assert.equal(await page.inputValue("#left"), "a lot");
      await page.fill("#left", "10");
      await press(page, "Show it");
      assert.equal(await svg.locator("rect").getAttribute("x"), "90", "the box is where the numbers say");
      await walk.look(page, "crop-no-script");
    }
    await page.locator('input[name="person"]').first().check();
    await press(page, "Keep this part");
    assert.equal(await page.locator("ul.due li").count(), 1);
    await press(page, /Take it away/);
    assert.equal(await page.locator("ul.due li").count(), 0);
  }
});
