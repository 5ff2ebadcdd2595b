// What a scheme tells its members: news, an alert for the radio, lists of members, meetings (MEM-4, MEM-5, DIS-20).
import assert from "node:assert/strict";
import { PHONE, test } from "./harness.mjs";
import { SCHEME, follow, press } from "./steps.mjs";

const CONTROLLER = `${SCHEME}-controller`;
const MEMBER = `${SCHEME}-member-user`;
const done = (page) => page.locator('main .notice[role="status"]').innerText();

/** Whoever runs a scheme finds the news beside its members. */
async function toNews(page) {
  await follow(page, "Members", page.locator("nav.nav"));
  await follow(page, "News", page.locator("nav.near"));
}

for (const script of [true, false]) {
  test(`MEM-4, DIS-20: an alert for the radio is refused with a name, goes out by reference and is read, ${script ? "with" : "without"} script`, async (walk) => {
    const page = await walk.open({ script, path: null, expect: ["422"] });
    await walk.signInAs(page, CONTROLLER);
    await toNews(page);
    assert.match(await page.locator("main").innerText(), /Bags lined with foil[\s\S]*Briefing before the winter season/);
    if (script) await walk.look(page, "news");
    await follow(page, "Send an alert");
    await press(page, "Send it now");
    assert.match(await page.locator(".govuk-error-summary").innerText(), /Give it a title[\s\S]*Type what you want/);
    if (script) await walk.look(page, "alert-form");
    const title = `Two at the tills ${script ? "A" : "B"}`;
    await page.fill("#title", title);
    await page.fill("#text", "Thaddeus Okonjo is in town.");
    await page.locator("label", { hasText: "meant for radio" }).click();
    await press(page, "Send it now");
    assert.match(await page.locator(".govuk-error-summary").innerText(), /Thaddeus Okonjo.* looks like a name/);
    assert.equal(await page.inputValue("#text"), "Thaddeus Okonjo is in town.", "what was typed is still there");
    await page.fill("#text", "Two men in red coats go from shop to shop. Call control.");
    await press(page, "Send it now");
    assert.match(await done(page), /The alert is out/);

    const member = await walk.open({ screen: PHONE, script, path: null });
    await walk.signInAs(member, MEMBER);
    assert.match(await member.locator('aside[aria-label="Alerts"]').innerText(), new RegExp(title));
    assert.equal(new URL(member.url()).pathname, `/o/${SCHEME}/today`, "they start with it");
    if (script) await walk.look(member, "today-with-alert");
    await follow(member, new RegExp(title), member.locator('aside[aria-label="Alerts"]'));
    assert.match(await member.locator("main").innerText(), /Read this out/);
    if (script) await walk.look(member, "alert");
    await member.goto(`/o/${SCHEME}/today`);
    assert.ok(!(await member.locator("main").innerText()).includes(title), "read, it stands there no more");
    await follow(member, "News", member.locator("nav.nav"));
    if (script) await walk.look(member, "news-of-a-member");

    await follow(page, title);
    await follow(page, "Who has read it");
    assert.match(await page.locator("main").innerText(), /1 of \d+ people whom it concerns/);
    if (script) await walk.look(page, "readers");
  });
}

test("MEM-4: a list of members is made, and something is told to it alone", async (walk) => {
  const page = await walk.open({ path: null, expect: ["422"] });
  await walk.signInAs(page, CONTROLLER);
  await page.goto(`/o/${SCHEME}/groups`);
  await press(page, "Make it");
  assert.match(await page.locator(".govuk-error-summary").innerText(), /Give the list a name/);
  await page.fill("#name", "The market hall");
  await walk.look(page, "groups");
  await press(page, "Make it");
  await page.locator(".tile").first().click();
  await walk.look(page, "group");
  await press(page, "Keep it");
  assert.match(await done(page), /The list is kept/);
  assert.match(await page.locator("main").innerText(), /The market hall[\s\S]*1 member/);
  await page.goto(`/o/${SCHEME}/news/new/event`);
  await page.fill("#title", "Breakfast in the hall");
  await page.fill("#text", "Come and tell us how it goes.");
  await page.fill("#happens", "1");
  await page.fill("#happens-month", "12");
  await page.fill("#happens-year", "2027");
  await page.fill("#place", "The market hall");
  await page.locator("summary", { hasText: "For whom" }).click();
  await page.locator(".tile", { hasText: "The market hall" }).click();
  await walk.look(page, "event-form");
  await press(page, "Publish it");
  assert.match(await done(page), /It is published/);
  await follow(page, "Breakfast in the hall");
  assert.match(await page.locator("main").innerText(), /The market hall/);
  await follow(page, "Take it back");
  await press(page, "Take it back");
  assert.match(await done(page), /taken back, and deleted/);
});

test("MEM-5: a meeting is called, answered, and its minutes are read", async (walk) => {
  const page = await walk.open({ path: null, expect: ["422"] });
  await walk.signInAs(page, CONTROLLER);
  await toNews(page);
  await follow(page, "Meetings");
  await walk.look(page, "meetings");
  await follow(page, "Call a meeting");
  await press(page, "Call it");
  assert.match(await page.locator(".govuk-error-summary").innerText(), /Say what it is called[\s\S]*Say on which day/);
  await page.fill("#title", "Evening round");
  await page.fill("#day", "5");
  await page.fill("#day-month", "1");
  await page.fill("#day-year", "2028");
  await page.fill("#from", "18:00");
  await page.fill("#to", "19:00");
  await page.fill("#place", "The library");
  await walk.look(page, "meeting-form");
  await press(page, "Call it");
  assert.match(await done(page), /It is called/);

  const member = await walk.open({ screen: PHONE, path: null });
  await walk.signInAs(member, MEMBER);
  await member.goto(`/o/${SCHEME}/meetings`);
  await walk.look(member, "meetings-of-a-member");
  await follow(member, "Evening round");
  await member.locator(".tile", { hasText: "Yes, I come" }).click();
  await press(member, "Keep my answer");
  assert.match(await done(member), /Your answer is kept/);
  await walk.look(member, "meeting");
  await member.goto(`/o/${SCHEME}/meetings`);
  await follow(member, "Data protection at the till");
  assert.match(await member.locator("main").innerText(), /What was said[\s\S]*Pictures are sent with the report/);
  await walk.look(member, "minutes");

  await page.reload();
  await follow(page, "Who comes");
  assert.match(await page.locator("main").innerText(), /1 come/);
  await walk.look(page, "guests");
});
