import MarkdownIt from "markdown-it";

/** No HTML of the file is taken over, and no picture is loaded from elsewhere. */
const markdown = new MarkdownIt({ html: false, linkify: false }).disable("image");

const openLink = markdown.renderer.rules["link_open"];
markdown.renderer.rules["link_open"] = (tokens, index, options, env, self) => {
  tokens[index]?.attrSet("target", "_blank");
  tokens[index]?.attrSet("rel", "noopener noreferrer nofollow");
  return openLink?.(tokens, index, options, env, self) ?? self.renderToken(tokens, index, options);
};

export function render(text: string): string {
  return markdown.render(text);
}
