/** How a compiler's syntax error is known: from the hooks' thread it arrives as a plain error, with nothing but its message. */

/** What the message of such an error starts with. */
export const SYNTAX_MARK = 'TypeScript syntax error in ';
