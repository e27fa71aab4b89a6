// The map: its picture and its table lead to the same places; what was read is this browser's.
(() => {
  'use strict';
  const READ = 'refdesk-read';

  function send(where) {
    const box = document.querySelector('#map-word textarea, #map-word input');
    if (!box) return;
    const proto = box instanceof HTMLTextAreaElement ? HTMLTextAreaElement : HTMLInputElement;
    Object.getOwnPropertyDescriptor(proto.prototype, 'value').set.call(box, where);
    box.dispatchEvent(new Event('input', { bubbles: true }));
    setTimeout(() => document.querySelector('#map-send')?.click(), 60);
  }

  let again = false; // the table is drawn anew below the keys that asked for it
  document.addEventListener('click', (event) => {
    const go = event.target.closest('.map-go');
    if (!go) return;
    again = event.detail === 0; // by a key
    send(go.dataset.go);
  });

  function read() {
    try { return new Set(JSON.parse(localStorage.getItem(READ) || '[]')); } catch (error) { return new Set(); }
  }

  function tell(table) {
    const known = read();
    table.querySelectorAll('tr[data-urls]').forEach((row) => {
      const urls = JSON.parse(row.dataset.urls);
      const count = urls.filter((url) => known.has(url)).length;
      row.querySelector('.read').textContent = urls.length === 1 ? (count ? '✓ ' + table.dataset.yes : '') : count;
    });
  }

  function look() {
    const table = document.querySelector('.map-table:not([data-told])');
    if (table) {
      table.dataset.told = '1';
      tell(table);
      if (again) { again = false; table.querySelector('.map-go, a')?.focus(); }
    }
    const plot = document.querySelector('#map-picture .js-plotly-plot');
    if (plot?.on && !plot.dataset.wired) {
      plot.dataset.wired = '1';
      plot.on('plotly_treemapclick', (event) => {
        const path = JSON.parse(event.points[0].id);
        const here = document.querySelector('.map-table');
        const source = [...here.querySelectorAll('tr')].length && /^\d+ /.test(path[path.length - 1]);
        if (source) path.pop(); // a link: its section says more of it
        send(JSON.stringify({ path }));
        return false;
      });
      plot.on('plotly_click', (event) => {
        const slug = event.points[0].customdata;
        if (typeof slug === 'string') send(JSON.stringify({ note: slug }));
      });
    }
  }
  new MutationObserver(look).observe(document.documentElement, { childList: true, subtree: true });
})();
