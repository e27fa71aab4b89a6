// The reader view: where one stopped reading is kept by this browser.
(() => {
  'use strict';
})();
