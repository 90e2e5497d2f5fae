/** The documentation page before its script has run. */

// An empty icon: a browser would ask for one otherwise.
const icon =
  "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'><text y='13' font-size='14'>∂</text></svg>";

/** The page. Its files are named relative to `/docs`, so that it works behind any prefix. */
export const pageHtml: string = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Component</title>
<link rel="icon" href="${icon}">
<link rel="stylesheet" href="docs/page.css">
<script type="module" src="docs/page.js"></script>
</head>
<body>
<header>
<h1 id="name">…</h1>
<p id="description"></p>
<nav><a href="openapi.json">openapi.json</a> <a href="health">health</a></nav>
</header>
<main>
<section aria-label="Endpoints" id="endpoints"></section>
<section><h2>Inputs</h2><div id="inputs"></div></section>
<section><h2>Outputs</h2><div id="outputs"></div></section>
</main>
<noscript>This page is made from <a href="openapi.json">openapi.json</a> by a script.</noscript>
</body>
</html>
`;
