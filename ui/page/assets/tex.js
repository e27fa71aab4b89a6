// What is copied of a formula is its TeX.
(() => {
  'use strict';
  document.addEventListener('copy', (event) => {
    const chosen = document.getSelection();
    if (!chosen || !chosen.rangeCount || chosen.isCollapsed) return;
    const range = chosen.getRangeAt(0);
    const within = range.commonAncestorContainer;
    const inside = (within.nodeType === 1 ? within : within.parentElement)?.closest('math[data-tex]');
    let text = inside ? inside.dataset.tex : '';
    if (!inside) {
      const copied = range.cloneContents();
      const formulas = copied.querySelectorAll('math[data-tex]');
      if (!formulas.length) return;
      formulas.forEach((math) => math.replaceWith(math.dataset.tex));
      const box = document.createElement('div'); // in the document, so that lines break as shown
      box.style.cssText = 'position:fixed;left:-99999px;white-space:pre-wrap';
      box.append(copied);
      document.body.append(box);
      text = box.innerText;
      box.remove();
    }
    event.clipboardData.setData('text/plain', text);
    event.preventDefault();
  });
})();
