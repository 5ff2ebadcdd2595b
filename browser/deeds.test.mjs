// What the controller does to a record, and what members see of it at once (RET-11, RET-16).
import assert from "node:assert/strict";
import { DESK, PHONE, test } from "./harness.mjs";
import {
  SCHEME,
  answer,
  approve,
  daysAhead,
  findPeople,
  follow,
  introduce,
  isoDay,
  openReview,
  press,
  report,
} from "./steps.mjs";

/** A member and the controller, each in a browser of their own. */
async function both(walk, expect = ["404", "422"]) {
  const member = await walk.open({ screen: PHONE, path: null, expect });
  await walk.signInAs(member, `${SCHEME}-member-user`);
  const controller = await walk.open({ screen: DESK, path: null, expect });
  await walk.signInAs(controller, `${SCHEME}-controller`);
  return { member, controller };
}

/** Somebody of the year's history with one report, a name, and some time to go. */
async function withOneReport(controller, not = []) {
  await controller.goto(`/o/${SCHEME}/people?stage=shown`);
  const rows = await controller.locator("main ul.due > li").all();
  const found = [];
  for (const row of rows) {
    const name = await row.getByRole("link").first().innerText();
    if (!/^Ref /.test(name) && !not.includes(name)) {
      found.push({ name, path: await row.getByRole("link").first().getAttribute("href") });
    }
  }
  for (const one of found) {
    await controller.goto(one.path);
    const { withdrawn, deleted } = await daysAhead(controller);
    if ((await controller.locator("table.cards tbody tr").count()) === 1 && withdrawn && deleted) {
      const reference = (await controller.locator(".govuk-breadcrumbs").innerText()).match(/NG-\d+/)[0];
      return { ...one, reference, withdrawn, deleted };
    }
  }
  throw new Error("the demo shows nobody who has one report and a name");
}

const said = async (page) => page.locator('main .notice[role="status"]').innerText();

/** Opens one of the folded forms of a person's page, and gives it back. */
async function deed(page, title) {
  const form = page.locator("details.deed", { has: page.locator("summary b", { hasText: title }) });
  if ((await form.getAttribute("open")) === null) await form.locator("summary").click();
  return form;
}

test("RET-16: restricted members see nobody, and the person again when it ends; a reason is asked for", async (walk) => {
  const { member, controller } = await both(walk);
  const { path } = await withOneReport(controller);
  await controller.goto(path);
  await press(controller, "Restrict", await deed(controller, "Restrict"));
  assert.equal(await controller.locator(".govuk-error-summary").count(), 1, "no restriction without a reason");
  await walk.look(controller, "subject-restrict-reason");
  await controller.fill("#restrict-reason", "They say that it was their brother.");
  await press(controller, "Restrict", await deed(controller, "Restrict"));
  assert.match(await said(controller), /Members do not see this person now/);
  assert.match(await controller.locator(".pagehead").innerText(), /Restricted/);
  await walk.look(controller, "subject-restricted");
  assert.equal((await answer(member, path)).status, 404);

  const end = await deed(controller, "End the restriction");
  await controller.fill("#restrict-reason", "It was not their brother.");
  await press(controller, "End the restriction", end);
  assert.match(await said(controller), /The restriction has ended/);
  assert.equal((await answer(member, path)).status, 200);
});

test("RET-16: a name is corrected, with where it comes from", async (walk) => {
  const { member, controller } = await both(walk);
  const { path, name } = await withOneReport(controller);
  await controller.goto(path);
  const held = controller.locator("#held dl.held > div", { has: controller.locator("dt", { hasText: /^Name$/ }) });
  await follow(controller, /Correct/, held);
  await controller.fill("#value", "Philippa Garrowby");
  await press(controller, "Correct");
  assert.equal(await controller.locator(".govuk-error-summary").count(), 1, "no correction without a reason");
  assert.equal(await controller.inputValue("#value"), "Philippa Garrowby", "what was typed stays");
  await controller.fill("#reason", "Her own letter.");
  await press(controller, "Correct");
  assert.match(await said(controller), /The record is corrected/);
  assert.equal(await controller.locator("h1").innerText(), "Philippa Garrowby");
  await walk.look(controller, "subject-corrected");
  assert.equal(await (await findPeople(controller, "Garrowby")).count(), 1);
  const seen = await answer(member, path);
  assert.ok(seen.text.includes("Philippa Garrowby"));
  assert.equal(await member.locator("h1").innerText(), "Philippa Garrowby");
  const alias = member.locator("dl.held > div", { hasText: name }).locator("dt");
  assert.match(await alias.innerText(), /alias|also known/i, "the old name is no longer their name");
});

test("RET-11, RET-16: held, an erased record is frozen, and deleted when the hold ends", async (walk) => {
  const { member, controller } = await both(walk);
  const { path, reference } = await withOneReport(controller, ["Philippa Garrowby"]);
  await controller.goto(path);
  let form = await deed(controller, "Hold");
  await press(controller, "Hold", form);
  assert.equal(await controller.locator(".govuk-error-summary").count(), 1, "no hold without a reason");
  form = await deed(controller, "Hold");
  await controller.fill("#hold-reason", "Claim 7 in the county court.");
  await press(controller, "Hold", form);
  assert.match(await said(controller), /The record is held/);
  assert.match(await controller.locator("main").innerText(), /A running proceeding: Claim 7 in the county court/);
  await walk.look(controller, "subject-with-hold");
  assert.equal((await answer(member, path)).status, 200, "a hold hides nobody");

  await controller.goto(path);
  form = await deed(controller, "Erase");
  await follow(controller, "Go on to erase", form);
  assert.match(await controller.locator("main").innerText(), /A hold is open/);
  await walk.look(controller, "erase-with-hold");
  await press(controller, "Erase for good");
  assert.match(await said(controller), /frozen/);
  await walk.look(controller, "people-frozen");
  assert.equal((await answer(member, path)).status, 404);

  await follow(controller, new RegExp(reference), controller.locator("main ul.due"));
  await walk.look(controller, "frozen-why");
  await press(controller, "Open it");
  assert.equal(await controller.locator(".govuk-error-summary").count(), 1, "no frozen record without a purpose");
  await controller.fill("#reason", "To answer the court.");
  await press(controller, "Open it");
  assert.match(await controller.locator(".pagehead").innerText(), /Frozen/);
  assert.equal(await controller.locator("details.deed").count(), 0, "nothing but the hold's end is done to it");
  await walk.look(controller, "subject-frozen");
  await press(controller, /^End it/);
  assert.match(await said(controller), /erased/);
  assert.equal((await answer(controller, path)).status, 404);
});

test("RET-16: a further report moves the days; moved to somebody else, or removed, it moves them back", async (walk) => {
  const { member, controller } = await both(walk);
  const first = await withOneReport(controller, ["Philippa Garrowby"]);
  const second = await withOneReport(controller, ["Philippa Garrowby", first.name]);
  const reference = await report(member, {
    category: "Theft",
    description: "a blue anorak",
    age: "18 or over",
    sentence: "Ran off with a till drawer.",
  });
  await openReview(controller, reference);
  await approve(controller, first.reference);
  await controller.goto(first.path);
  const later = await daysAhead(controller);
  assert.ok(later.withdrawn > first.withdrawn, "a further report extends");

  const row = () => controller.locator("table.cards tbody tr", { hasText: reference });
  await follow(controller, /^Move/, row());
  await controller.fill("#q", second.name);
  await press(controller, "Look up");
  await walk.look(controller, "move-report");
  await controller.locator("li.choice", { hasText: second.reference }).locator("label").click();
  await press(controller, "Move it");
  assert.equal(await controller.locator(".govuk-error-summary").count(), 1, "no move without a reason");
  assert.ok(await controller.locator('input[name="to"]:checked').count(), "the choice is kept");
  await controller.fill("#reason", "The video shows the other person.");
  await press(controller, "Move it");
  assert.match(await said(controller), /The report is moved/);
  await controller.goto(first.path);
  assert.deepEqual(await daysAhead(controller), { withdrawn: first.withdrawn, deleted: first.deleted });
  assert.match(await row().innerText().catch(() => "removed"), /removed/, "it counts for them no longer");

  await controller.goto(second.path);
  assert.ok((await daysAhead(controller)).withdrawn > second.withdrawn, "the right person's days move");
  await follow(controller, /^Remove/, row());
  await walk.look(controller, "remove-report");
  await press(controller, "Take it away");
  assert.equal(await controller.locator(".govuk-error-summary").count(), 1, "nothing is removed without a reason");
  await controller.fill("#reason", "It was a drill.");
  await press(controller, "Take it away");
  assert.match(await said(controller), /taken away/);
  await controller.goto(second.path);
  assert.deepEqual(await daysAhead(controller), { withdrawn: second.withdrawn, deleted: second.deleted });
});

test("RET-16: erased, a person is gone at once, from pages, search and gallery", async (walk) => {
  const { member, controller } = await both(walk);
  const name = "Casimir Underhillock";
  const path = await introduce(member, controller, {
    category: "Theft",
    name,
    age: "18 or over",
    sentence: `${name} took a bicycle.`,
  });
  assert.equal((await answer(member, path)).status, 200);
  await controller.goto(path);
  assert.ok(isoDay(await controller.locator("section.why").innerText()));
  await follow(controller, "Go on to erase", await deed(controller, "Erase"));
  await walk.look(controller, "erase");
  await follow(controller, "No, go back");
  await follow(controller, "Go on to erase", await deed(controller, "Erase"));
  await press(controller, "Erase for good");
  assert.match(await said(controller), /The record is erased/);
  assert.equal(await (await findPeople(controller, name)).count(), 0);
  for (const page of [member, controller]) assert.equal((await answer(page, path)).status, 404);
  // The words of the report went with the person whom they named.
  await member.goto(`/o/${SCHEME}/reports`);
  assert.ok(!(await member.locator("main").innerText()).includes("Underhillock"));
  await follow(member, "Theft", member.locator("ul.queue > li").first());
  assert.ok(!(await member.locator("main").innerText()).includes("Underhillock"), "nor does the report name them");
});
