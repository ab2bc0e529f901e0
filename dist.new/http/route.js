/**
 * One table describes each route: where it is, what it does, and what OpenAPI says of it. The router and the document are
 * both made from it, so that neither can know a route that the other does not.
 */
/** A JSON answer that OpenAPI describes by a schema. */
export function jsonAnswer(description, schema) {
    return { description, content: { 'application/json': { schema } } };
}
/** A string detail, as most errors have. */
export function errorAnswer(description) {
    return jsonAnswer(description, { $ref: '#/components/schemas/Error' });
}
/** A parameter of one path segment, fully decoded. */
export function segment(value) {
    return Array.isArray(value) ? value.join('/') : (value ?? '');
}
//# sourceMappingURL=route.js.map