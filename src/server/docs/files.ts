/** The files of the documentation page. They refer to nothing but each other and the server they come from. */
import { readFileSync } from 'node:fs';
import { builtFile } from '../../loading/builtFile.js';
import { pageHtml } from './page.js';
import { pageStyle } from './style.js';

/** A file as it is served. */
export interface DocsFile {
  readonly path: string;
  readonly type: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; " +
  "form-action 'none'; frame-ancestors 'none'";
const headers = { 'content-security-policy': policy, 'referrer-policy': 'no-referrer' };

/** Every file. */
export function docsFiles(): readonly DocsFile[] {
  const script = readFileSync(builtFile('server/docs/browser'), 'utf8').replace(/^\/\/# sourceMappingURL=.*$/m, '');
  return [
    { path: '/docs', type: 'text/html; charset=utf-8', body: pageHtml, headers },
    { path: '/docs/page.css', type: 'text/css; charset=utf-8', body: pageStyle, headers },
    { path: '/docs/page.js', type: 'text/javascript; charset=utf-8', body: script, headers },
  ];
}
