// What is held of a person, item by item: entered, put right, taken out, and shown to whom the policy says (SUB-1, SUB-5,
// SUB-6, SUB-7).
import assert from "node:assert/strict";
import { DESK, PHONE, test } from "./harness.mjs";
import { SCHEME, agree, follow, press } from "./steps.mjs";

const TM = "tm-safer-towns";
const PASSWORD = "violet anvil harbour seven";

/** The first person of a scheme's list whom members see. */
async function somebody(controller, scheme) {
  await controller.goto(`/o/${scheme}/people?stage=shown`);
  const path = await controller.locator("main ul.due > li").first().getByRole("link").first().getAttribute("href");
  await controller.goto(path);
  return path;
}

/** An item of the record's page, by its label and words of its value. */
const item = (page, label, value = "") =>
  page.locator("#held dl.held > div", { has: page.locator("dt", { hasText: label }), hasText: value });

async function add(controller, label, value, source) {
  await follow(controller, label, controller.locator("#held ul.chips"));
  await controller.fill("#value", value);
  if (source) await controller.selectOption("#source", { label: source });
  await press(controller, "Add");
}

/** Invites a user of the business that stands third among the members, and signs them in. */
async function another(walk, controller, login, screen) {
  await controller.goto(`/o/${TM}/members`);
  const form = controller.locator("details.deed", { hasText: "Invite a user" });
  await form.locator("summary").click();
  await controller.fill("#name", "Petra Second");
  await controller.fill("#user_name", login);
  const business = (await controller.locator("#business option").nth(3).innerText()).trim();
  await controller.selectOption("#business", { label: business });
  await press(controller, "Invite", form);
  const page = await walk.open({ screen, path: null, expect: ["404"] });
  await page.goto((await controller.locator("p.hash").innerText()).trim());
  for (const box of ["#password", "#again"]) await page.fill(box, PASSWORD);
  await press(page, "Start");
  await page.fill("#login", login);
  await page.fill("#password", PASSWORD);
  await press(page, "Sign in");
  await agree(page);
  return { page, business };
}

for (const [screen, name] of [[PHONE, "phone"], [DESK, "desk"]]) {
  test(`SUB-6, SUB-7: ethnicity is entered with its source and shown to picked members alone (${name})`, async (walk) => {
    const expect = ["422", "404"];
    const controller = await walk.open({ screen, path: null, expect });
    await walk.signInAs(controller, `${TM}-controller`);
    const path = await somebody(controller, TM);
    await walk.look(controller, `held-${name}`);
    await follow(controller, "Ethnicity", controller.locator("#held ul.chips"));
    assert.match(await controller.locator("main").innerText(), /UK GDPR 9\(2\)\(g\)/);
    await walk.look(controller, `field-form-${name}`);
    await press(controller, "Add");
    assert.match(await controller.locator(".govuk-error-summary").innerText(), /Write what is to be held/);
    await controller.fill("#value", "White Cornish");
    await controller.locator("#source").selectOption({ index: 1 });
    await press(controller, "Add");
    const held = await item(controller, "Ethnicity").innerText();
    assert.match(held, /White Cornish/);
    assert.match(held, /From report TM-\d+\. Held since .*, until /i);
    assert.match(held, /Seen by members picked for the person, staff and the controller/);
    assert.match(held, /To identify people/);
    assert.match(held, /Special category data: UK GDPR 9/);
    await add(controller, "Medical risk", "Seizures in which he strikes out");
    await walk.look(controller, `held-added-${name}`);

    const member = await walk.open({ screen, path: null, expect });
    await walk.signInAs(member, `${TM}-member-user`);
    await member.goto(path);
    assert.ok(!/Cornish|Seizures/.test(await member.content()), "nobody is picked yet");
    const { page: second, business } = await another(walk, controller, `petra-${name}`, screen);
    await second.goto(path);
    assert.ok(!/Cornish|Seizures/.test(await second.content()));

    await controller.goto(path);
    await follow(controller, "Pick members");
    await press(controller, "Pick");
    assert.equal(await controller.locator(".govuk-error-summary").count(), 1);
    await walk.look(controller, `picks-asked-${name}`);
    const wanted = controller.locator("#business option", { hasText: business });
    await controller.selectOption("#business", await wanted.first().getAttribute("value"));
    await controller.fill("#reason", "Next door to where it happened");
    await press(controller, "Pick");
    assert.match(await controller.locator("ul.due").first().innerText(), /Next door/);
    await walk.look(controller, `picks-${name}`);

    await second.goto(path);
    assert.match(await second.locator("main").innerText(), /Your business was picked for this person/);
    assert.match(await second.locator("dl.held").innerText(), /White Cornish[\s\S]*Seizures/);
    await walk.look(second, `picked-member-${name}`);
    await member.goto(path);
    assert.ok(!/Cornish|Seizures|picked for this person/.test(await member.content()), "the other member is not");
    for (const page of [member, second]) {
      await page.goto(`/o/${TM}/find?q=Seizures`);
      assert.equal(await page.locator("main ul.due > li").count(), 0, "nobody is found by it");
      await page.goto(`/o/${TM}/gallery`);
      assert.ok(!/Cornish|Seizures/.test(await page.content()));
    }
    await controller.goto(`${path}/picked`);
    await press(controller, /End it/);
    await second.goto(path);
    assert.ok(!/Cornish|Seizures/.test(await second.content()), "ended at once");
    // Taken out again, so that the next looks at a record without.
    for (const label of ["Ethnicity", "Medical risk"]) {
      await controller.goto(path);
      await follow(controller, /Remove/, item(controller, label));
      await controller.fill("#reason", "No longer needed");
      await press(controller, "Remove");
    }
    assert.equal(await item(controller, "Ethnicity").count(), 0);
  });
}

test("SUB-1, SUB-7, RET-16: an item is entered, warned of, put right and taken out, without script too", async (walk) => {
  const controller = await walk.open({ screen: PHONE, script: false, path: null, expect: ["422", "404"] });
  await walk.signInAs(controller, `${SCHEME}-controller`);
  const path = await somebody(controller, SCHEME);
  await follow(controller, "Vehicles", controller.locator("#held ul.chips"));
  await controller.fill("#value", "Blue van, ab12cde. Ring 07700 900123");
  await press(controller, "Add");
  assert.match(await controller.locator(".asks").innerText(), /telephone number/);
  await walk.look(controller, "field-warned");
  await controller.fill("#value", "Blue van, ab12cde");
  await press(controller, /Keep it as it is|Add/);
  const vehicle = item(controller, "Vehicles", "Blue van, AB12 CDE");
  const said = await vehicle.innerText();
  assert.match(said, /From the controller\. Held since .*, until /);
  assert.match(said, /Seen by staff, the controller and police\. To recognise the person/);
  await follow(controller, /Correct/, vehicle);
  assert.equal(await controller.inputValue("#value"), "Blue van, AB12 CDE");
  await controller.fill("#value", "Green van, AB12 CDE");
  await press(controller, "Correct");
  assert.match(await controller.locator(".govuk-error-summary").innerText(), /Give a reason/);
  assert.equal(await controller.inputValue("#value"), "Green van, AB12 CDE", "what was typed stays");
  await controller.fill("#reason", "Seen by daylight");
  await press(controller, "Correct");
  assert.match(await item(controller, "Vehicles", "Green van").innerText(), /corrected by .* on /);
  await follow(controller, /Remove/, item(controller, "Vehicles", "Green van"));
  await walk.look(controller, "field-remove");
  await press(controller, "Remove");
  assert.equal(await controller.locator(".govuk-error-summary").count(), 1, "a reason is asked");
  await controller.fill("#reason", "It was sold");
  await press(controller, "Remove");
  assert.equal(await item(controller, "Vehicles", "Green van").count(), 0);
  const gone = await controller.goto(`${path}/held/ethnicity`);
  assert.equal(gone.status(), 404, "what the policy does not list has no form");
});

test("SUB-4: a date of birth that ends the record is told before it does", async (walk) => {
  const controller = await walk.open({ screen: DESK, path: null, expect: ["422", "404"] });
  await walk.signInAs(controller, "cheltenham-safe-controller");
  const path = await somebody(controller, "cheltenham-safe");
  const birth = item(controller, "Date of birth");
  if (await birth.count()) await follow(controller, /Correct/, birth);
  else await follow(controller, "Date of birth", controller.locator("#held ul.chips"));
  await controller.fill("#born", "1");
  await controller.fill("#born-month", "2");
  await controller.fill("#born-year", "2020");
  await controller.fill("#reason", "The school says so");
  await press(controller, /^(Add|Correct)$/);
  assert.match(await controller.locator(".govuk-error-summary").innerText(), /destroyed at once, for good/);
  await walk.look(controller, "field-ends-record");
  assert.equal((await controller.request.get(path)).status(), 200);
  await controller.check("#ends-record");
  await press(controller, /^(Add|Correct)$/);
  assert.match(await controller.locator('main [role="status"]').innerText(), /erased/);
  assert.equal((await controller.request.get(path)).status(), 404);
});

test("SUB-5: of somebody vulnerable members are told what is right, and not why", async (walk) => {
  const controller = await walk.open({ screen: DESK, path: null });
  await walk.signInAs(controller, `${SCHEME}-controller`);
  const path = await somebody(controller, SCHEME);
  await add(controller, "Vulnerability", "Lives on the street");
  const member = await walk.open({ screen: PHONE, path: null });
  await walk.signInAs(member, `${SCHEME}-member-user`);
  await member.goto(path);
  assert.match(await member.locator(".notice.care").innerText(), /treat this person with care/);
  assert.ok(!/Lives on the street|ulnerab/.test(await member.content()));
  await walk.look(member, "member-care");
});

test("SUB-1, VIS-1: a word of the policy is added in one press, and members filter by it", async (walk) => {
  const controller = await walk.open({ screen: PHONE, script: false, path: null });
  await walk.signInAs(controller, `${SCHEME}-controller`);
  const path = await somebody(controller, SCHEME);
  await follow(controller, "Modus operandi", controller.locator("#held ul.chips"));
  await walk.look(controller, "field-tags");
  await press(controller, "Works in a group");
  assert.match(await item(controller, "Modus operandi", "Works in a group").innerText(), /From the controller/);
  await follow(controller, "Modus operandi", controller.locator("#held ul.chips"));
  assert.equal(await controller.getByRole("button", { name: "Works in a group" }).count(), 0, "it is held");

  const member = await walk.open({ screen: PHONE, path: null });
  await walk.signInAs(member, `${SCHEME}-member-user`);
  await member.goto(`/o/${SCHEME}/gallery?tag=in_a_group`);
  const found = await member.locator("li.card h2 a").evaluateAll((links) => links.map((a) => new URL(a.href).pathname));
  assert.deepEqual(found, [path]);
});
