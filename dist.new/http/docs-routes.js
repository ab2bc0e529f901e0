/** The pages about the API: the OpenAPI document and Swagger UI, served from its package so that it works offline. */
import { createRequire } from 'node:module';
import path from 'node:path';
import { sendJson } from './json.js';
const ASSETS = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'];
/** Links are relative, so that the page works with and without `/api` and behind a proxy that adds another prefix. */
const PAGE = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Horde Model Reference API</title>
<link rel="stylesheet" href="docs/swagger-ui.css">
<link rel="icon" type="image/png" href="docs/favicon-32x32.png">
</head>
<body>
<div id="swagger-ui"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
`;
const START = `SwaggerUIBundle({ url: 'openapi.json', dom_id: '#swagger-ui', deepLinking: true, validatorUrl: null });\n`;
/** Swagger UI sets styles and inlines small images; it needs nothing from any other host. */
const POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'";
/** @param document gives the OpenAPI document; asked once, when it is first wanted. */
export function docsRoutes(document) {
    const assetDirectory = path.dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
    let built;
    const asset = (name) => (_request, response) => {
        response.sendFile(name, { root: assetDirectory, maxAge: '1d' });
    };
    const page = (routePath, handler) => ({
        method: 'get',
        path: routePath,
        operation: null,
        handler,
    });
    return [
        page('/openapi.json', (_request, response) => {
            built ??= document();
            sendJson(response, built);
        }),
        page('/docs', (_request, response) => {
            response.setHeader('Content-Security-Policy', POLICY);
            response.setHeader('Referrer-Policy', 'no-referrer');
            response.type('text/html').send(PAGE);
        }),
        page('/docs/start.js', (_request, response) => void response.type('text/javascript').send(START)),
        ...ASSETS.map((name) => page(`/docs/${name}`, asset(name))),
    ];
}
//# sourceMappingURL=docs-routes.js.map