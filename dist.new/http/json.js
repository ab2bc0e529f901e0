/** The one way to answer with JSON that is made per request. */
/** Sends a value with the media type alone: JSON is UTF-8 by definition, and the frozen API names no charset. */
export function sendJson(response, value, status = 200) {
    response.status(status).setHeader('Content-Type', 'application/json');
    response.send(Buffer.from(JSON.stringify(value)));
}
//# sourceMappingURL=json.js.map