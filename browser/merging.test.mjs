// Two records of one person made one and taken apart, and who acts with whom (SUB-2, SUB-3).
import assert from "node:assert/strict";
import { DESK, PHONE, test } from "./harness.mjs";
import {
  SCHEME,
  answer,
  approve,
  fillReport,
  findPeople,
  follow,
  galleryNames,
  introduce,
  isoDay,
  openReview,
  picture,
  press,
} from "./steps.mjs";

const said = async (page) => page.locator('main [role="status"]').first().innerText();

/** A member and the controller, each in a browser of their own. */
async function both(walk, screen = DESK, expect = ["404", "422"]) {
  const member = await walk.open({ screen: PHONE, path: null, expect });
  await walk.signInAs(member, `${SCHEME}-member-user`);
  const controller = await walk.open({ screen, path: null, expect });
  await walk.signInAs(controller, `${SCHEME}-controller`);
  return { member, controller };
}

/** The row of a table that compares, by its head. */
async function row(page, head) {
  const cells = page.locator("table.cards tbody tr", { hasText: head }).locator("td");
  return Promise.all((await cells.all()).map(async (cell) => (await cell.innerText()).trim()));
}

// Names that no other in the demo is like: a search is to find them alone.
for (const [screen, name, one, two] of [
  [PHONE, "390", "Isaura Wetherby-Jones", "Balthazar Inkpen"],
  [DESK, "1280", "Perpetua Zwingli", "Ignatius Farquharson"],
]) {
  test(`SUB-2: two records become one after a preview, and two again, at ${name} px`, async (walk) => {
    const { member, controller } = await both(walk, screen);
    const what = { category: "Theft", age: "18 or over", sentence: "They left without paying." };
    const first = await introduce(member, controller, { ...what, name: one, description: "red scarf", files: [await picture(member)] });
    const second = await introduce(member, controller, { ...what, name: two, description: "green hat", files: [await picture(member)] });
    await controller.goto(second);
    const reference = (await controller.locator(".govuk-breadcrumbs").innerText()).match(/NG-\d+/)[0];

    await controller.goto(first);
    await walk.look(controller, `ties-${name}`);
    await follow(controller, "Same person as somebody else");
    await walk.look(controller, `merge-choose-${name}`);
    await press(controller, "See what it would be");
    assert.match(await controller.locator(".govuk-error-summary").innerText(), /Look the person up/);
    await controller.fill("#q", two);
    await press(controller, "Look up");
    await controller.locator("li.choice label", { hasText: two }).click();
    await press(controller, "See what it would be");
    await walk.look(controller, `merge-preview-${name}`);
    assert.deepEqual((await row(controller, "Pictures")).map((text) => text.match(/\d+/)[0]), ["1", "1", "2"]);
    const ends = (await row(controller, "That stage ends")).map(isoDay);
    assert.ok(ends[2] >= ends[0] && ends[2] >= ends[1], `as one no sooner than alone: ${ends}`);
    assert.match(await controller.locator("dl.held").innerText(), new RegExp(two), "the other name is kept as an alias");
    await press(controller, "Make them one");
    assert.match(await controller.locator(".govuk-error-summary").innerText(), /Give a reason/);
    await walk.look(controller, `merge-refused-${name}`);
    await controller.locator('input[name="name"][value="other"]').check();
    await controller.fill("#reason", "The same scar on both pictures");
    await press(controller, "Show it with what I chose");
    assert.equal(await controller.inputValue("#reason"), "The same scar on both pictures", "what was typed is kept");
    await press(controller, "Make them one");
    assert.match(await said(controller), /The two records are one/);
    assert.equal(await controller.locator("h1").innerText(), two);
    await walk.look(controller, `merged-${name}`);
    assert.equal(isoDay((await controller.locator("section.why .until").innerText()).match(/withdrawn on ([^,]*)/)[1]), ends[2]);

    // The old address and the old reference lead here, for the member as well.
    for (const page of [controller, member]) {
      await page.goto(second);
      assert.equal(new URL(page.url()).pathname, first);
      assert.equal(await page.locator("h1").innerText(), two);
    }
    const names = await galleryNames(member);
    assert.ok(names.includes(two) && !names.includes(one), "one person is in the gallery");
    await controller.goto(`/o/${SCHEME}/find?q=${reference}`);
    assert.equal(await controller.locator("main ul.due > li").first().getByRole("link").first().getAttribute("href"), first);

    await controller.goto(first);
    await follow(controller, "Take that back");
    await walk.look(controller, `unmerge-${name}`);
    await press(controller, "Take them apart");
    assert.match(await controller.locator(".govuk-error-summary").innerText(), /Give a reason/);
    await controller.fill("#reason", "They were seen together");
    await press(controller, "Take them apart");
    assert.match(await said(controller), /two records again/);
    assert.equal(await controller.locator("h1").innerText(), one);
    await member.goto(second);
    assert.equal(await member.locator("h1").innerText(), two);
    const shot = await member.locator(".pic.big img").evaluate((image) => image.naturalWidth);
    assert.ok(shot > 0, "the picture is readable again");
    const again = await galleryNames(member);
    assert.ok(again.includes(two) && again.includes(one));
  });
}

test("SUB-2: what was corrected since is not brought back, and the page says why; members have no such page", async (walk) => {
  const { member, controller } = await both(walk);
  const what = { category: "Theft", age: "18 or over", sentence: "They left without paying." };
  const first = await introduce(member, controller, { ...what, name: "Ottoline Featherstonehaugh", description: "red scarf" });
  const second = await introduce(member, controller, { ...what, name: "Wilhelmina Boggs-Trotter", description: "green hat" });
  await controller.goto(`${first}/merge`);
  await controller.fill("#q", "Wilhelmina Boggs-Trotter");
  await press(controller, "Look up");
  await controller.locator("li.choice label", { hasText: "Wilhelmina Boggs-Trotter" }).click();
  await press(controller, "See what it would be");
  await controller.fill("#reason", "The same person");
  await press(controller, "Make them one");
  const described = controller.locator("#held dl.held > div", { hasText: "red scarf" });
  await follow(controller, /Correct/, described);
  await controller.fill("#value", "blue coat");
  await controller.fill("#reason", "They showed me");
  await press(controller, "Correct");
  await follow(controller, "Take that back");
  assert.match(await controller.locator("main").innerText(), /cannot be taken back[\s\S]*corrected/);
  assert.equal(await controller.getByRole("button", { name: "Take them apart" }).count(), 0);
  await walk.look(controller, "unmerge-refused");
  for (const page of ["merge", "unmerge", "associates"]) {
    assert.equal((await answer(member, `${first}/${page}`)).status, 404, page);
  }
  assert.equal(new URL((await member.goto(second)).url()).pathname, first);
});

test("SUB-3: who acts with whom, drawn and in words, by keyboard, without script", async (walk) => {
  const { member, controller } = await both(walk);
  const addresses = [];
  for (const [name, vehicle] of [
    ["Bartholomew Quackenbush", "zx21 wvu"],
    ["Euphemia Grzybowska", "ZX21WVU"],
    ["Xanthippe Okonkwo-Bligh", ""],
  ]) {
    await member.goto(`/o/${SCHEME}/report`);
    await fillReport(member, { category: "Theft", age: "18 or over", sentence: "They drove off.", name, description: "tall" });
    if (vehicle) {
      await member.locator("summary", { hasText: "Loss, vehicle" }).click();
      await member.fill("#registration", vehicle);
    }
    await press(member, "Send report");
    await openReview(controller, (await member.locator(".report.sent .num").innerText()).trim());
    if (vehicle) await controller.selectOption("#vehicle-of", "1");
    await approve(controller, "new");
    const rows = await findPeople(controller, name);
    addresses.push(await rows.first().getByRole("link").first().getAttribute("href"));
  }
  const one = addresses[0];
  await controller.goto(`${one}/associates`);
  await follow(controller, "Record somebody");
  await walk.look(controller, "associate-form");
  await controller.fill("#q", "Xanthippe");
  await press(controller, "Look up");
  await controller.locator("li.choice label", { hasText: "Xanthippe" }).click();
  await press(controller, "Record it");
  assert.match(await controller.locator(".govuk-error-summary").innerText(), /Choose what they do together/);
  assert.ok(await controller.locator('li.choice input[name="to"]').isChecked(), "nothing that was chosen is lost");
  await controller.locator("label", { hasText: "Act together" }).click();
  await controller.fill("#reason", "Seen loading one car");
  await press(controller, "Record it");
  assert.match(await said(controller), /recorded/);
  for (const [screen, name] of [[PHONE, "390"], [DESK, "1280"]]) {
    await controller.setViewportSize(screen);
    await walk.look(controller, `associates-${name}`);
    const texts = await controller.locator("svg[role=group] text").evaluateAll((all) =>
      all.map((text) => ({ size: text.getBoundingClientRect().height, right: text.getBoundingClientRect().right })));
    assert.ok(texts.length > 2 && texts.every((text) => text.size >= 11), "the words of the drawing can be read");
    assert.ok(texts.every((text) => text.right <= screen.width), "and none is cut off");
  }
  // Everybody in the drawing is reached by keyboard, and is in the table.
  const drawn = await controller.locator("svg[role=group] a").evaluateAll((all) => all.map((link) => link.getAttribute("href")));
  const listed = await controller.locator("table.cards tbody th a").evaluateAll((all) => all.map((link) => link.getAttribute("href")));
  assert.deepEqual([...drawn].sort(), addresses.slice(1).sort());
  assert.ok(drawn.every((href) => listed.includes(href)));
  await controller.locator("svg[role=group] a").first().focus();
  await Promise.all([controller.waitForEvent("load"), controller.keyboard.press("Enter")]);
  assert.equal(new URL(controller.url()).pathname, drawn[0]);

  const plain = await walk.open({ screen: PHONE, script: false, path: null });
  await walk.signInAs(plain, `${SCHEME}-controller`);
  await plain.goto(`${one}/associates`);
  assert.equal(await plain.locator("svg[role=group] a").count(), drawn.length);
  await follow(plain, /Take back/, plain.locator("table.cards"));
  await plain.fill("#reason", "It was somebody else");
  await press(plain, "Take it back");
  assert.ok(!(await plain.locator("main").innerText()).includes("Xanthippe"));
});
