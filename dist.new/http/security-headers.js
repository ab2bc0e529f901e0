/** Keeps browsers from taking an answer for another kind of content than it is. Category reads have the header made in. */
export const NO_SNIFFING = ['X-Content-Type-Options', 'nosniff'];
export const noSniffing = (_request, response, next) => {
    response.setHeader(...NO_SNIFFING);
    next();
};
//# sourceMappingURL=security-headers.js.map