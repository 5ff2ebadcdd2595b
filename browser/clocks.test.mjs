// What is shown, held and deleted, on exactly the days that the page gives (RET-10, RET-12).
import assert from "node:assert/strict";
import { DESK, PHONE, test } from "./harness.mjs";
import {
  NOT_FOUND,
  SCHEME,
  answer,
  dayBefore,
  daysAhead,
  findPeople,
  galleryNames,
  introduce,
  picture,
  press,
} from "./steps.mjs";

const NOWHERE = "0193d0c5-0000-7000-8000-000000000000";

test("RET-10, RET-12: a person leaves the gallery, is held, and is deleted on the days that the page gives", async (walk) => {
  const member = await walk.open({ screen: PHONE, path: null, expect: ["404"] });
  await walk.signInAs(member, `${SCHEME}-member-user`);
  const controller = await walk.open({ screen: DESK, path: null, expect: ["404"] });
  await walk.signInAs(controller, `${SCHEME}-controller`);

  const name = "Isaura Wetherby-Jones";
  const path = await introduce(member, controller, {
    category: "Theft",
    name,
    description: "short grey hair",
    age: "18 or over",
    sentence: `${name} left without paying.`,
    files: [await picture(member)],
  });
  await controller.goto(path);
  await walk.look(controller, "subject");
  const why = await controller.locator("section.why").innerText();
  assert.match(why, /NG-\d+/, "the page names the report that sets the date");
  const { withdrawn, deleted } = await daysAhead(controller);
  assert.ok(withdrawn && deleted && withdrawn < deleted, "the page says when they are withdrawn, and when deleted");
  assert.ok((await controller.locator("ol.moj-timeline").innerText()).includes("Withdrawn from members"));
  const shot = await controller.locator(".pic.big img").getAttribute("src");

  const moveTo = async (day) => {
    await controller.goto("/");
    await walk.moveClock(controller, day);
  };
  const memberSees = async () => {
    await member.goto(`/o/${SCHEME}/gallery`);
    // A session may have ended meanwhile.
    if (new URL(member.url()).pathname !== `/o/${SCHEME}/gallery`) await walk.signInAs(member, `${SCHEME}-member-user`);
    const inGallery = (await galleryNames(member)).includes(name);
    const { status, text } = await answer(member, path);
    assert.equal(status === 200, inGallery, "the gallery and the page agree");
    if (status !== 200) {
      assert.equal(text, (await answer(member, `/o/${SCHEME}/people/${NOWHERE}`)).text);
      assert.match(text, new RegExp(NOT_FOUND));
    }
    return inGallery;
  };

  await moveTo(dayBefore(withdrawn));
  assert.equal(await memberSees(), true, "shown on the last day");
  await walk.look(member, "subject-last-day");

  await moveTo(withdrawn);
  assert.equal(await memberSees(), false, "not shown on the day itself");
  const picturePath = await answer(member, shot.split("?")[0]);
  assert.equal(picturePath.status, 404, "nor is the picture");
  await controller.goto(path);
  assert.match(await controller.locator(".pagehead").innerText(), /Held for you alone/);
  assert.equal((await daysAhead(controller)).deleted, deleted, "the day of deletion stays");
  await walk.look(controller, "subject-held");
  const search = controller.locator('form[role="search"]');
  await search.locator("input").fill("isaura");
  await press(controller, "Find", search);
  assert.ok((await controller.locator("main ul.due").innerText()).includes(name), "the controller finds them while held");

  await moveTo(dayBefore(deleted));
  await controller.goto(path);
  assert.match(await controller.locator(".pagehead").innerText(), /Held for you alone/);

  await moveTo(deleted);
  const gone = await answer(controller, path);
  assert.deepEqual(gone, await answer(controller, `/o/${SCHEME}/people/${NOWHERE}`));
  assert.equal(gone.status, 404);
  assert.equal((await answer(controller, shot.split("?")[0])).status, 404, "the picture is gone");
  assert.equal(await (await findPeople(controller, name)).count(), 0, "a search finds nobody");
  assert.equal(await (await findPeople(controller, "Wetherby")).count(), 0);
  await walk.look(controller, "people-nobody");
  await member.goto(`/o/${SCHEME}/reports`);
  assert.ok(!(await member.locator("main").innerText()).includes(name), "nor do the reporter's own reports name them");
});
