// A clip comes with a report and is seen in the review (VIS-3).
import assert from "node:assert/strict";
import { PHONE, test } from "./harness.mjs";
import { SCHEME, fillReport, follow, place, press } from "./steps.mjs";

/** A clip of a second that the browser draws and records itself. */
async function clip(page) {
  const bytes = await page.evaluate(async () => {
    const canvas = document.createElement("canvas");
    canvas.width = 160;
    canvas.height = 120;
    const pen = canvas.getContext("2d");
    const recorder = new MediaRecorder(canvas.captureStream(10), { mimeType: "video/webm" });
    const parts = [];
    recorder.ondataavailable = (event) => parts.push(event.data);
    const stopped = new Promise((done) => (recorder.onstop = done));
    recorder.start();
    for (let n = 0; n < 10; n += 1) {
      pen.fillStyle = `hsl(${n * 36} 50% 50%)`;
      pen.fillRect(0, 0, 160, 120);
      await new Promise((done) => setTimeout(done, 100));
    }
    recorder.stop();
    await stopped;
    return [...new Uint8Array(await new Blob(parts).arrayBuffer())];
  });
  return { name: "till 3.webm", mimeType: "video/webm", buffer: Buffer.from(bytes) };
}

test("VIS-3: a clip is added to a report without script, and the controller plays it", async (walk) => {
  const drawing = await walk.open({ screen: PHONE, path: null });
  await walk.signInAs(drawing, `${SCHEME}-member-user`);
  const film = await clip(drawing);
  const page = await walk.open({ screen: PHONE, script: false, expect: ["422"] });
  await walk.signInAs(page, `${SCHEME}-member-user`);
  await follow(page, "Report an incident", page.locator("nav.nav"));
  const sentence = "Took a drill, and the camera over the till saw it.";
  await fillReport(page, { category: "Theft", description: "tall, green anorak", sentence });
  await page.locator("summary", { hasText: "Evidence" }).click();
  await page.setInputFiles("#evidence", [film, { name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("no") }]);
  await press(page, "Send report");
  assert.match(await page.locator("#evidence-error").innerText(), /not a kind of file that is taken/);
  assert.equal(await page.locator("ul.evidence > li").count(), 1, "what was taken stays");
  await walk.look(page, "report-evidence");
  await press(page, "Send report");
  assert.equal(await page.locator("h1").innerText(), "Thank you, it is sent");

  const desk = await walk.open();
  await walk.signInAs(desk, `${SCHEME}-controller`);
  await place(desk, "Reports", "Review queue");
  const row = desk.locator("ul.queue > li", { hasText: sentence });
  await row.locator("a").first().click();
  assert.match(await desk.locator("main").innerText(), /till 3\.webm/);
  await walk.look(desk, "review-evidence");
  await follow(desk, "Clip (WebM)");
  const video = desk.locator("video");
  await video.evaluate((player) => player.readyState >= 1 || new Promise((done) => (player.onloadedmetadata = done)));
  assert.equal(await video.evaluate((player) => player.videoWidth), 160);
  assert.match(await desk.locator("main").innerText(), /Chain of custody/);
  await walk.look(desk, "evidence");
});
