// Warnings and exclusions: what the tariff says, who decides on what, and how it ends (EXC-1, EXC-2, EXC-8).
import assert from "node:assert/strict";
import { DESK, PHONE, test } from "./harness.mjs";
import { OTHER, SCHEME, answer, approve, choose, follow, introduce, openReview, press, report } from "./steps.mjs";

/** Somebody signed in, in a browser of their own. */
async function as(walk, persona, screen = DESK) {
  const page = await walk.open({ screen, path: null, expect: ["404", "422"] });
  await walk.signInAs(page, persona);
  return page;
}

/** A further report of somebody, approved at once. */
async function again(member, controller, reference, scheme = SCHEME) {
  const sent = await report(
    member,
    { category: "Theft", description: "The same person as before, in a green coat", age: "18 or over", sentence: "They came back and took razors." },
    scheme,
  );
  await openReview(controller, sent, scheme);
  await approve(controller, reference);
}

const SOMEBODY = (name) => ({
  category: "Theft",
  name,
  description: "About 180 cm, green coat, grey cap",
  age: "18 or over",
  sentence: "They put two bottles into a bag and left.",
});

const said = (page) => page.locator('main .notice[role="status"]').innerText();

/** Fills the controller's form as far as `what` says. */
async function propose(page, what) {
  if (what.step) await page.locator("label", { hasText: what.step }).first().click();
  for (const box of await page.locator('input[name="evidence"]').all()) await box.check({ force: true });
  await page.fill("#necessity", what.necessity ?? "{1} was asked to stay away, and came back.");
  await page.fill("#proportionality", what.proportionality ?? "It is for the usual time, and other shops are open to {1}.");
  if (what.account !== undefined) await page.fill("#account", what.account);
  if (what.departs !== undefined) await page.fill("#departs", what.departs);
  await press(page, /^(Go on|Send it as it is)$/);
}

test("EXC-1, EXC-2, EXC-8: the controller proposes, the board votes without knowing on whom, one has an interest, and the exclusion stands", async (walk) => {
  const member = await as(walk, `${SCHEME}-member-user`, PHONE);
  const controller = await as(walk, `${SCHEME}-controller`);
  const href = await introduce(member, controller, SOMEBODY("Thaddeus Wimplecote"));
  await controller.goto(href);
  const reference = (await controller.locator("nav.govuk-breadcrumbs li").last().innerText()).trim();
  // Somebody of the board who also works in a shop, and reports there.
  const worker = await as(walk, `${SCHEME}-board-4`);
  await again(worker, controller, reference);
  await again(member, controller, reference);

  const police = await as(walk, `${SCHEME}-police`, PHONE);
  await police.goto(href);
  await police.fill("#reason", "A report to the police of the same day");
  await press(police, "Go on");
  await follow(police, "Give evidence");
  await press(police, "Give it");
  assert.match(await police.locator(".govuk-error-summary").innerText(), /Say what you know/);
  await police.fill("#text", "I saw the person leave with a bag on that day.");
  await police.fill("#organisation", "Northgate Constabulary");
  await walk.look(police, "exclusions-give");
  await press(police, "Give it");
  assert.match(await said(police), /with the controller/);
  for (const path of ["/cases", "/cases/00000000-0000-7000-8000-000000000000"]) {
    assert.equal((await answer(police, `/o/${SCHEME}${path}`)).status, 404);
  }

  await controller.goto(href);
  await follow(controller, "Warn or exclude");
  assert.match(await controller.locator("section.why").innerText(), /3 incidents were reported/);
  await walk.look(controller, "exclusions-propose");
  await propose(controller, { account: "Thaddeus Wimplecote took two bottles." });
  assert.match(await controller.locator(".govuk-error-summary").innerText(), /says of whom it is/);
  await propose(controller, { account: "{1} took two bottles. He is an elderly man." });
  assert.match(await controller.locator(".notice.asks").innerText(), /elderly/);
  await walk.look(controller, "exclusions-warned");
  await choose(controller.locator("main"), "Northgate Constabulary");
  await propose(controller, { account: "{1} took two bottles, came back twice, and took razors." });
  assert.match(await said(controller), /waits for those who decide/);
  const at = new URL(controller.url()).pathname;
  assert.match(await controller.locator("main").innerText(), /Thaddeus Wimplecote[\s\S]*I saw the person leave/);
  await walk.look(controller, "exclusions-case-controller");
  await controller.goto(`/o/${SCHEME}/today`);
  assert.match(await controller.locator("ul.tally").innerText(), /waits? for a decision/);

  // Whoever reported it takes no part.
  await worker.goto(`/o/${SCHEME}/cases`);
  await worker.goto(at);
  assert.match(await worker.locator(".notice.care").innerText(), /You reported an incident/);
  assert.equal(await worker.locator("form[action$='/vote']").count(), 0);

  const voters = [];
  for (const [n, screen] of [["board", PHONE], ["board-2", DESK], ["board-3", DESK]]) {
    voters.push(await as(walk, `${SCHEME}-${n}`, screen));
  }
  const [first] = voters;
  await first.goto(`/o/${SCHEME}/cases`);
  await walk.look(first, "exclusions-cases-board");
  const html = await (await first.request.get(at)).text();
  const id = href.split("/").pop();
  for (const secret of ["Thaddeus", "Wimplecote", reference, id, "Constabulary"]) {
    assert.ok(!html.includes(secret), `${secret} stands on the board's page`);
  }
  assert.ok(!/<img[^>]*pictures/.test(html), "no picture");
  await first.goto(at);
  await press(first, "Vote");
  assert.match(await first.locator(".govuk-error-summary").innerText(), /Choose what you say/);
  for (const [n, page] of voters.entries()) {
    await page.goto(at);
    await choose(page.locator("form[action$='/vote']"), "I agree");
    await press(page, "Vote");
    assert.match(await page.locator(".govuk-error-summary").innerText(), /Say why/);
    await page.fill("#reason", `It is shown, says the voter of number ${n + 1}.`);
    if (n === 0) await walk.look(page, "exclusions-case-board");
    await press(page, "Vote");
    assert.match(await said(page), n === 2 ? /in force from today/ : /Your vote is kept/);
  }
  await walk.look(voters[2], "exclusions-decided");

  await controller.goto(href);
  assert.match(await controller.locator(".pagehead").innerText(), /Excluded until/);
  assert.match(await controller.locator("#exclusions").innerText(), /Excluded from all members.? premises/);
  await walk.look(controller, "exclusions-record");
  await controller.goto(`/o/${SCHEME}/cases`);
  assert.match(await controller.locator("main").innerText(), /Excluded today[\s\S]*Thaddeus Wimplecote/);
  await walk.look(controller, "exclusions-cases-controller");

  // It can be made milder, and ended.
  await controller.goto(href);
  await follow(controller, "Shorten or narrow");
  await walk.look(controller, "exclusions-vary");
  for (const box of (await controller.locator('input[name="premises"]').all()).slice(2)) await box.uncheck({ force: true });
  await controller.fill("#reason", "The other shops had no trouble.");
  await press(controller, "Change it");
  assert.match(await said(controller), /The exclusion is changed/);
  assert.match(await controller.locator("#exclusions").innerText(), /The other shops had no trouble/);
  await follow(controller, "Lift");
  await press(controller, "Lift it");
  assert.match(await controller.locator(".govuk-error-summary").innerText(), /Say why/);
  await controller.fill("#reason", "They have made it good.");
  await walk.look(controller, "exclusions-lift");
  await press(controller, "Lift it");
  assert.match(await said(controller), /lifted, at once/);
  assert.match(await controller.locator("#exclusions").innerText(), /No exclusion is in force/);
});

test("EXC-1, EXC-2: where the controller decides alone, a warning comes first, and what is above the tariff is not offered", async (walk) => {
  const member = await as(walk, `${OTHER}-member-user`, PHONE);
  const controller = await as(walk, `${OTHER}-controller`, PHONE);
  const href = await introduce(member, controller, SOMEBODY("Odile Farrow"), OTHER);
  await controller.goto(href);
  const reference = (await controller.locator("nav.govuk-breadcrumbs li").last().innerText()).trim();
  await follow(controller, "Warn or exclude");
  assert.equal(await controller.locator('input[name="step"]').count(), 1, "one incident warns, and does no more");
  await walk.look(controller, "exclusions-warn");
  await propose(controller, {});
  assert.match(await said(controller), /The warning is recorded/);
  await follow(controller, "Warn or exclude");
  assert.match(await controller.locator("section.why").innerText(), /Nothing was reported since/);
  assert.equal(await controller.locator('input[name="step"]').count(), 0);

  await again(member, controller, reference, OTHER);
  await controller.goto(href);
  await follow(controller, "Warn or exclude");
  await propose(controller, {});
  await choose(controller.locator("form[action$='/vote']"), "I agree");
  await controller.fill("#reason", "Both reports are clear.");
  await press(controller, "Vote");
  assert.match(await said(controller), /in force from today/);
  await controller.goto(href);
  assert.match(await controller.locator(".pagehead").innerText(), /Excluded until/);
  await walk.look(controller, "exclusions-record-phone");
  // The board of a scheme whose controller decides alone has no such page.
  const board = await as(walk, `${OTHER}-board`);
  assert.equal((await answer(board, `/o/${OTHER}/cases`)).status, 404);
});
