/** What an answer says that is none of a component's: what stands between, a web server or a balancer, gave it. */

/** What statuses mean that servers in between give, where they send no words of their own. */
const meanings: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  407: 'Proxy Authentication Required',
  408: 'Request Timeout',
  411: 'Length Required',
  413: 'Request Entity Too Large',
  414: 'URI Too Long',
  415: 'Unsupported Media Type',
  421: 'Misdirected Request',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

const advice: Readonly<Record<number, string>> = {
  401: 'Give a token, headers, or credentials in the address',
  407: 'Give credentials in the address of the proxy',
  413: 'A server in between may allow less than the component does (nginx: client_max_body_size)',
};

/** The reason of an answer in short: the title of a page, the last line of a text, or what its status means; and what to do. */
export function statusReason(status: number, words: string, text: string): string {
  const said = isPage(text) ? titleOf(text) : lastLineOf(text);
  const meaning = words.trim() || (meanings[status] ?? 'no reason');
  // Many titles begin with the status, which is told beside them.
  const reason = said.replace(new RegExp(`^(error )?${status}\\b[\\s:,–—-]*`, 'i'), '') || meaning;
  const hint = advice[status];
  return (hint ? `${reason.replace(/\.$/, '')}. ${hint}` : reason).slice(0, 500);
}

function isPage(text: string): boolean {
  return /^\s*(<\?xml[^>]*>\s*)?(<!--[\s\S]*?-->\s*)*<(!doctype|html|head|title|body|h\d|center)\b/i.test(text);
}

/** The title of a page, else its first heading, else its text. */
function titleOf(page: string): string {
  const found = /<title[^>]*>([\s\S]*?)<\/title/i.exec(page) ?? /<h[1-6][^>]*>([\s\S]*?)<\/h[1-6]/i.exec(page);
  const text = found?.[1] ?? page.replace(/<!--[\s\S]*?-->|<(style|script)[\s\S]*?<\/\1>/gi, ' ');
  return unescaped(text.replace(/<[^>]*>/g, ' '))
    .replace(/\s+/g, ' ')
    .trim();
}

const characters: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

function unescaped(text: string): string {
  return text.replace(/&(#x[0-9a-f]{1,6}|#\d{1,7}|[a-z]+);/gi, (whole, name: string) => {
    if (!name.startsWith('#')) return characters[name.toLowerCase()] ?? whole;
    const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

// Of what Python tells of an exception, the last line says which it was.
function lastLineOf(text: string): string {
  return (
    text
      .split('\n')
      .findLast((line) => line.trim() !== '')
      ?.trim() ?? ''
  );
}
