// A new letter appears by itself: the page asks for the number of letters and loads anew.
const columns = document.querySelector(".columns");
setInterval(async () => {
  try {
    const { count } = await (await fetch("/_mail/count")).json();
    if (String(count) !== columns.dataset.count) window.location.reload();
  } catch {
    // The server is away; the next look may find it again.
  }
}, 2000);
