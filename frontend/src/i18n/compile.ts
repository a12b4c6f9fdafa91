import type { MessageCompiler } from "vue-i18n";

/** What the library hands to a text that is being said; its own types leave the first two out. */
interface Context {
  normalize: (pieces: unknown[]) => string;
  interpolate: (value: unknown) => unknown;
  named: (name: string) => unknown;
  plural: (forms: string[]) => string;
}

type Saying = (context: Context) => string;

const known = new Map<string, Saying>();

/**
 * Makes a text ready to be said: `{name}` stands for a value, ` | ` parts the plural forms. The page's
 * texts need no more, and the library's own compiler is larger than all of them.
 */
export const compile = ((text: string) => {
  let saying = known.get(text);
  if (saying === undefined) known.set(text, (saying = sayingOf(text)));
  return saying;
}) as unknown as MessageCompiler;

function sayingOf(text: string): Saying {
  const forms = text.split(" | ").map(formOf);
  const [first] = forms;
  if (forms.length === 1 && first !== undefined) return first;
  return (context) => context.plural(forms.map((form) => form(context)));
}

/** Every second piece is the name of a value. */
function formOf(text: string): Saying {
  const pieces = text.split(/\{(\w+)\}/);
  return ({ normalize, interpolate, named }) =>
    normalize(pieces.map((piece, index) => (index % 2 === 0 ? piece : interpolate(named(piece)))));
}
