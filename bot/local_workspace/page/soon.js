/** Drawing once for many changes that come together, and never under a finger. */

let pressed = false;
const held = new Set();

// A click is lost where what was pressed is drawn anew before the button is let go.
addEventListener('pointerdown', () => { pressed = true; }, true);
for (const end of ['pointerup', 'pointercancel']) addEventListener(end, () => setTimeout(release), true);

function release() {
  pressed = false;
  const waiting = [...held];
  held.clear();
  waiting.forEach((run) => run());
}

/**
 * A function that draws at the next frame, however often it is called until then.
 * @param {() => void} draw
 */
export function soon(draw) {
  let due = false;
  const run = () => {
    if (pressed) {
      held.add(run);
      return;
    }
    due = false;
    draw();
  };
  return () => {
    if (due) return;
    due = true;
    // A hidden page gets no frames, but its title and unread marks must go on.
    if (document.hidden) setTimeout(run, 50);
    else requestAnimationFrame(run);
  };
}
