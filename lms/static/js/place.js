// Remembers which paragraph of a page stood at the top, and goes back to it next time.

const DAYS_KEPT = 30;

export function attach(article) {
  const key = `kunna:place:${document.body.dataset.person ?? ""}:${location.pathname}`;
  const paragraphs = [...article.children];

  const kept = read(key);
  if (kept && !location.hash && window.scrollY === 0) {
    paragraphs[kept.index]?.scrollIntoView({ block: "start", behavior: "instant" });
  }

  const remember = () => {
    const index = paragraphs.findIndex((paragraph) => paragraph.getBoundingClientRect().bottom > 0);
    write(key, index > 0 && window.scrollY > window.innerHeight / 2 ? { index, at: Date.now() } : null);
  };
  window.addEventListener("pagehide", remember);
  document.addEventListener("visibilitychange", () => document.hidden && remember());
}

function read(key) {
  const text = localStorage.getItem(key);
  const kept = text ? JSON.parse(text) : null;
  return kept && Date.now() - kept.at < DAYS_KEPT * 24 * 60 * 60 * 1000 ? kept : null;
}

function write(key, place) {
  if (place) {
    localStorage.setItem(key, JSON.stringify(place));
  } else {
    localStorage.removeItem(key);
  }
}
