/** The style of the documentation page, light and dark. */

/** The style sheet. */
export const pageStyle: string = `
:root {
  color-scheme: light dark;
  --ground: #fff; --card: #f6f7f9; --ink: #1b1f24; --soft: #5b6470; --line: #dde1e6; --accent: #0b62c4; --on: #fff;
  --good: #17692f; --bad: #a5241d; --mark: #eaf2fc;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14171a; --card: #1c2024; --ink: #e7eaed; --soft: #9aa4af; --line: #30363d; --accent: #6cb0ff; --on: #10151b;
    --good: #6fd08c; --bad: #ff8a80; --mark: #1d2b3b;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
header, main { max-width: 70rem; margin: 0 auto; padding: 0 1.5rem; }
header { padding-top: 2.5rem; }
h1 { margin: 0; font-size: 2rem; line-height: 1.2; letter-spacing: -0.02em; }
h1 small { margin-left: 0.5rem; color: var(--soft); font-size: 1rem; font-weight: 400; letter-spacing: 0; }
h2 { margin: 2.5rem 0 0.75rem; font-size: 1.2rem; }
#description { max-width: 46rem; margin: 0.5rem 0; color: var(--soft); }
nav a { margin-right: 1rem; }
a { color: var(--accent); }
#endpoints { margin-top: 2rem; }
details { margin-bottom: 0.6rem; border: 1px solid var(--line); border-radius: 8px; background: var(--card); }
summary { display: flex; flex-wrap: wrap; gap: 0.2rem 0.9rem; align-items: baseline; padding: 0.7rem 1rem; cursor: pointer; }
summary b { color: var(--accent); font: 600 0.8rem ui-monospace, monospace; }
summary code { font-weight: 600; }
summary span { color: var(--soft); font-size: 0.92rem; }
summary .origin { padding: 0.05rem 0.6rem; border-radius: 99px; background: var(--mark); color: var(--ink); font-size: 0.85rem; }
.try { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem; padding: 0.2rem 1rem 1rem; }
.try > * { min-width: 0; }
.try label { display: block; margin-bottom: 0.3rem; color: var(--soft); font-size: 0.85rem; }
textarea, pre { width: 100%; height: 16rem; margin: 0; padding: 0.7rem; overflow: auto; border: 1px solid var(--line);
  border-radius: 6px; background: var(--ground); color: var(--ink); font: 0.85rem/1.45 ui-monospace, monospace;
  white-space: pre-wrap; overflow-wrap: anywhere; tab-size: 2; resize: vertical; }
.actions { display: flex; flex-wrap: wrap; gap: 0.6rem; align-items: center; margin-top: 0.6rem; }
button, select, input { padding: 0.4rem 1rem; border: 1px solid var(--line); border-radius: 6px; background: var(--ground);
  color: var(--ink); font: inherit; cursor: pointer; }
button.send { border-color: var(--accent); background: var(--accent); color: var(--on); font-weight: 600; }
button:disabled { opacity: 0.6; cursor: wait; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.status { color: var(--soft); font-size: 0.85rem; }
.status.good { color: var(--good); }
.status.bad { color: var(--bad); }
.table { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: 0.92rem; }
th, td { padding: 0.4rem 0.8rem 0.4rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { color: var(--soft); font-weight: 500; }
td:last-child { width: 40%; }
main { padding-bottom: 4rem; }
@media (max-width: 48rem) {
  .try { grid-template-columns: 1fr; }
}
`;
