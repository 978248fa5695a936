/** Drawing once for many changes that come together. */

/**
 * A function that draws at the next frame, however often it is called until then.
 * @param {() => void} draw
 */
export function soon(draw) {
  let due = false;
  const run = () => {
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
