// What the server gives the map.

/**
 * See `_data` in __init__.py.
 * @typedef {object} MapData
 * @property {string} points address of float32 x, y by row
 * @property {string} colours address of a colour index by row
 * @property {boolean} attribute whether `by` is one
 * @property {string} place the name of the map: another one glides
 * @property {string} title
 * @property {number} placed products on the map
 * @property {string} version of the catalogue
 * @property {string} by what the colours tell, "" = nothing
 * @property {boolean} painted whether somebody gave a value its colour
 * @property {string[]} palette "#rrggbb"
 * @property {import("./overlay/legend.js").Entry[]} legend
 * @property {string} low the ends of a scale
 * @property {string} high
 * @property {number} missing products without a value
 * @property {Record<string, { row: number, id: string }>} anchors by slot
 * @property {import("./points/projection.js").Viewport | null} view of the link
 * @property {string} selection address that `&steps=` is added to, "" = nothing can be selected
 * @property {string} steps the recipe of the selection
 * @property {number} stepsMax characters of a recipe
 * @property {string} shown address of the mask of the filter, "" = all
 * @property {boolean} hide
 * @property {string} clusters address, "" = none
 * @property {number} pin row of the product whose card is open at first, -1 = none
 * @property {import("./pictures/sprite_pages.js").Addresses | null} atlas
 */

export {};
