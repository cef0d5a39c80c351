"""What runs inside a page to read it. The page may lie: nothing that comes back is trusted."""

import re


# what a visitor can see, piece by piece: hidden templates of "not found" pages do not count
READ = """() => {
  const seen = node => { const e = node.parentElement; return e && e.checkVisibility(); };
  const pieces = [];
  const walker = document.createTreeWalker(document.body || document, NodeFilter.SHOW_TEXT);
  let length = 0;
  while (walker.nextNode() && length < 200000) {
    const node = walker.currentNode;
    if (['SCRIPT', 'STYLE', 'NOSCRIPT', 'TEMPLATE'].includes(node.parentElement?.tagName)) continue;
    const text = node.data.replace(/\\s+/g, ' ').trim();
    if (text && seen(node)) { pieces.push(text); length += text.length; }
  }
  const all = [...document.querySelectorAll('h1,h2,h3,h4,h5,h6,[role=alert],[role=status]')]
    .filter(e => e.checkVisibility());
  const text = e => e.innerText.replace(/\\s+/g, ' ').trim().slice(0, 300);
  return {
    title: document.title.slice(0, 300), pieces,
    main: all.filter(e => e.tagName === 'H1').map(text).filter(Boolean),
    headings: all.map(text).filter(Boolean),
  };
}"""
# what a buyer presses to see the seller's number
REVEAL = re.compile(
    r"^\s*(показать (телефон|номер)|телефонды көрсету|нөмірді көрсету|show (phone|number))",
    re.IGNORECASE,
)
# the advert's picture: the largest one shown
PICTURE = """() => {
  let best = null, area = 120 * 90;
  for (const image of document.images) {
    const box = image.getBoundingClientRect();
    if (image.complete && image.naturalWidth && box.width * box.height > area) {
      best = image; area = box.width * box.height;
    }
  }
  return best;
}"""
# down to the end of what is pictured, so that pictures which wait for a reader's eye are loaded
SCROLL = """async tallest => {
  const end = Math.min(document.documentElement.scrollHeight, tallest);
  for (let y = 0; y < end; y += 800) {
    scrollTo(0, y);
    await new Promise(done => setTimeout(done, 40));
  }
  scrollTo(0, 0);
}"""
HEIGHT_OF = "() => document.documentElement.scrollHeight"
LINES_OF = "() => document.body.innerText.slice(0, 200000).split('\\n')"
OTHER_THAN = "before => document.body && document.body.innerText.slice(0, 200000) !== before"
ABSOLUTE = "urls => urls.map(u => { try { return new URL(u, document.baseURI).href } catch { return '' } })"
# as the page's own pictures: with its referrer and cookies, through the same guarded line
LOAD_PICTURES = """urls => Promise.all(urls.map(url => new Promise(done => {
  const image = document.createElement('img');
  image.onload = image.onerror = () => done(true);
  image.src = url;
})))"""
