// What a document or a fixture says, made safe to show, by the rule of the mock's log: what cannot be seen is written as an
// escape. That is control and escape characters, marks that turn the direction of writing, other format characters, and separators.
const unseen = /[^\P{C}\n\t]|[\p{Zl}\p{Zp}]/gu;

// visible makes a text of several lines safe to show: line feeds and tabs stay.
export function visible(text) {
  return text.replaceAll('\r\n', '\n').replace(unseen, (character) => {
    const code = character.codePointAt(0);
    return code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

// allVisible is a copy of a document of which every text, names included, is safe to show.
export function allVisible(value) {
  if (typeof value === 'string') return visible(value);
  if (Array.isArray(value)) return value.map(allVisible);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [visible(name), allVisible(part)]));
}
