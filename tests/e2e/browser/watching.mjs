// Somebody who watches a film, and what happens to it meanwhile.

/** Begins a film by the keyboard; from then on waits, gaps and the least that was ahead are noted. */
export async function watch(page) {
  const video = page.locator("video");
  await page.waitForFunction(() => document.querySelector("video")?.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA);
  await video.focus();
  await page.keyboard.press("Space");
  await page.waitForFunction(() => document.querySelector("video").currentTime > 1);
  await page.evaluate(note);
}

/** What was noted: seconds of the film against seconds by the clock, and how often it waited. */
export function noted(page) {
  return page.evaluate(() => {
    const { video, notes } = window.watched;
    const { totalVideoFrames, droppedVideoFrames } = video.getVideoPlaybackQuality();
    const seconds = (performance.now() - notes.beganAt) / 1000;
    return {
      ...notes,
      at: video.currentTime,
      duration: video.duration,
      bufferedTo: video.buffered.length === 0 ? 0 : video.buffered.end(video.buffered.length - 1),
      behind: notes.beganFrom + seconds - video.currentTime,
      frames: totalVideoFrames - notes.frames,
      dropped: droppedVideoFrames - notes.dropped,
    };
  });
}

export async function until(page, second) {
  await page.waitForFunction((wanted) => document.querySelector("video").currentTime >= wanted, second, {
    timeout: 120_000,
    polling: 250,
  });
}

/** The city that the page says it plays from. */
export const cityNow = (page) => page.locator(".now").getAttribute("data-server");

function note() {
  const video = document.querySelector("video");
  const { totalVideoFrames, droppedVideoFrames } = video.getVideoPlaybackQuality();
  const notes = {
    beganAt: performance.now(),
    beganFrom: video.currentTime,
    frames: totalVideoFrames,
    dropped: droppedVideoFrames,
    waits: 0,
    decoderWaits: 0,
    seeks: 0,
    leastAhead: Infinity,
    leap: 0,
  };
  window.watched = { video, notes };
  const ahead = () => {
    const ranges = [...Array(video.buffered.length).keys()];
    const at = ranges.find(
      (n) => video.buffered.start(n) <= video.currentTime && video.currentTime <= video.buffered.end(n),
    );
    return at === undefined ? 0 : video.buffered.end(at) - video.currentTime;
  };
  // With seconds of film at hand it is the decoder that waits, for a busy machine: no city can help it.
  video.addEventListener("waiting", () => (notes[ahead() < 1 ? "waits" : "decoderWaits"] += 1));
  video.addEventListener("seeking", () => (notes.seeks += 1));
  let [at, when] = [video.currentTime, performance.now()];
  video.addEventListener("timeupdate", () => {
    const [now, clock] = [video.currentTime, performance.now()];
    // Loaded anew it begins at zero, before it is where it was.
    if (now > 0) {
      notes.leap = Math.max(notes.leap, now - at - (clock - when) / 1000, at - now);
      [at, when] = [now, clock];
    }
    if (video.currentTime + ahead() < video.duration - 1) notes.leastAhead = Math.min(notes.leastAhead, ahead());
  });
}
