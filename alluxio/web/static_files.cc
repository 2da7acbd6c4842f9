#include "alluxio/web/static_files.h"

namespace alluxio::web {

const absl::string_view kStyleSheet = R"css(
:root {
  color-scheme: light dark;
  --ground: #f5f6f8; --card: #ffffff; --ink: #1c2430; --faint: #5a6675; --line: #dde2e8;
  --accent: #1a5fb4; --bar: #14324f; --good: #1d7a3e; --bad: #b3261e; --bad-ground: #fdecea;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #12171d; --card: #1a2129; --ink: #e4e8ee; --faint: #9aa6b4; --line: #2d3742;
    --accent: #7ab4ff; --bar: #0c1f33; --good: #6fcf8b; --bad: #ff8a80; --bad-ground: #3a1d1b;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
a { color: var(--accent); text-underline-offset: 2px; overflow-wrap: anywhere; }
code, pre, .number { font-variant-numeric: tabular-nums; }
code, pre { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: 13px; }
code { overflow-wrap: anywhere; }
header { background: var(--bar); color: #fff; display: flex; flex-wrap: wrap; align-items: baseline; gap: 4px 24px;
  padding: 10px 20px; }
header a { color: #d7e5f5; text-decoration: none; }
header .brand { color: #fff; font-weight: 650; font-size: 17px; }
nav { display: flex; flex-wrap: wrap; gap: 2px 4px; }
nav a { padding: 3px 9px; border-radius: 5px; }
nav a:hover, nav a:focus-visible { background: #ffffff22; }
nav a[aria-current] { background: #ffffff2e; color: #fff; }
main { max-width: 1180px; margin: 0 auto; padding: 16px 20px 48px; }
h1 { font-size: 22px; margin: 6px 0 14px; overflow-wrap: anywhere; }
h2 { font-size: 16px; margin: 26px 0 8px; }
.facts { display: flex; flex-wrap: wrap; gap: 1px; margin: 0 0 8px; background: var(--line);
  border: 1px solid var(--line); border-radius: 8px; overflow: hidden; }
.facts div { flex: 1 1 230px; background: var(--card); padding: 9px 14px; }
.facts dt { color: var(--faint); font-size: 12.5px; }
.facts dd { margin: 0; overflow-wrap: anywhere; }
table { width: 100%; border-collapse: separate; border-spacing: 0; background: var(--card);
  border: 1px solid var(--line); border-radius: 8px; overflow: hidden; }
th { text-align: left; font-weight: 600; font-size: 12.5px; color: var(--faint); white-space: nowrap; }
th, td { padding: 7px 12px; vertical-align: top; }
td { border-top: 1px solid var(--line); overflow-wrap: anywhere; }
.number { text-align: right; }
.number, .short, .short code { white-space: nowrap; }
tbody tr:hover td { background: color-mix(in srgb, var(--accent) 6%, var(--card)); }
.meter { white-space: nowrap; }
meter { width: 90px; height: 12px; vertical-align: -1px; }
.badge { font-size: 12.5px; padding: 1px 8px; border-radius: 9px; border: 1px solid currentColor; white-space: nowrap; }
.good { color: var(--good); } .bad { color: var(--bad); }
.note { color: var(--faint); overflow-wrap: anywhere; }
.problem { background: var(--bad-ground); color: var(--bad); border-radius: 8px; padding: 9px 14px;
  overflow-wrap: anywhere; }
.crumbs { margin: 0 0 10px; overflow-wrap: anywhere; }
.pager { display: flex; flex-wrap: wrap; gap: 4px 14px; color: var(--faint); }
.content { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 12px; margin: 0;
  overflow: auto; max-height: 70vh; white-space: pre-wrap; overflow-wrap: anywhere; }
.controls { display: flex; flex-wrap: wrap; gap: 6px 18px; align-items: center; margin: 0 0 12px; }
.controls label { color: var(--faint); }
input[type=search] { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line);
  border-radius: 6px; padding: 5px 10px; width: 100%; max-width: 380px; }
@media (max-width: 700px) {
  header { padding: 8px 12px; }
  nav { width: 100%; }
  nav a { padding: 5px 8px; }
  main { padding: 10px 12px 40px; }
  .facts div { flex-basis: 100%; display: flex; flex-wrap: wrap; justify-content: space-between; gap: 2px 12px; padding: 7px 12px; }
  table, tbody, tr, td { display: block; width: 100%; }
  table { border: 0; background: none; border-radius: 0; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tr { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 6px 12px; margin: 0 0 8px; }
  tr[hidden] { display: none; }
  td { border: 0; padding: 3px 0; display: flex; justify-content: space-between; gap: 14px; text-align: right; }
  td::before { content: attr(data-label); color: var(--faint); font-size: 12.5px; text-align: left; flex: none;
    padding-top: 1px; }
  td:empty { display: none; }
  td:first-child { justify-content: flex-start; text-align: left; font-weight: 600; }
  td:first-child::before { display: none; }
  .number, .short, .short code { white-space: normal; }
  meter { width: 70px; }
}
)css";

const absl::string_view kScript = R"js(
'use strict';
// Comforts only: narrowing long tables, and loading the page again while somebody watches it.
(() => {
  function controls() {
    let bar = document.querySelector('.controls');
    if (!bar) {
      bar = document.createElement('div');
      bar.className = 'controls';
      document.querySelector('h1').after(bar);
    }
    return bar;
  }

  let wanted = '';
  function narrow() {
    for (const table of document.querySelectorAll('table[data-filter]')) {
      for (const row of table.tBodies[0].rows) {
        row.hidden = wanted !== '' && !row.textContent.toLowerCase().includes(wanted);
      }
    }
  }

  function addFilter() {
    if (!document.querySelector('table[data-filter]')) return;
    const input = document.createElement('input');
    input.type = 'search';
    input.placeholder = 'Filter';
    input.setAttribute('aria-label', 'Filter the rows');
    input.value = wanted;
    input.addEventListener('input', () => { wanted = input.value.toLowerCase(); narrow(); });
    controls().append(input);
  }

  let timer = null;
  async function refresh() {
    if (document.hidden) return;
    try {
      const answer = await fetch(location.href);
      if (!answer.ok) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('main');
      if (!fresh) return;
      const bar = document.querySelector('.controls');
      document.querySelector('main').replaceWith(fresh);
      if (bar) fresh.querySelector('h1').after(bar);
      narrow();
    } catch (error) {
      // The server is away: try again next time.
    }
  }

  function addRefresh() {
    const interval = Number(document.body.dataset.refresh);
    if (!(interval > 0)) return;
    const label = document.createElement('label');
    const box = document.createElement('input');
    box.type = 'checkbox';
    label.append(box, ' Refresh every ' + Math.round(interval / 100) / 10 + ' s');
    box.addEventListener('change', () => {
      clearInterval(timer);
      timer = box.checked ? setInterval(refresh, interval) : null;
      if (box.checked) refresh();
    });
    controls().append(label);
  }

  addFilter();
  addRefresh();
})();
)js";

const absl::string_view kIcon =
    R"svg(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3" fill="#14324f"/>)svg"
    R"svg(<path d="M3 11.5 8 3l5 8.5" fill="none" stroke="#7ab4ff" stroke-width="2"/></svg>)svg";

}  // namespace alluxio::web
